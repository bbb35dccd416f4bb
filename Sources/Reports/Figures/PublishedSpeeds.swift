import Charts
import Records

/// The speeds of arXiv 2410.16144, table 4, for models of the zoo on a processor of the record's architecture.
struct PublishedSpeeds {
  /// A program of the table with the way it is drawn.
  struct System {
    let name: String
    let style: SeriesStyle
  }

  /// One published bar.
  struct Bar {
    let value: PublishedValue
    let x: ClosedRange<Double>
    let style: SeriesStyle
    let speedUp: Double?

    var mark: Mark {
      let hint = "\(value.model), \(value.name), \(value.origin): "
      guard let speed = value.value else { return .absent(Mark.Absent(x: x, hint: hint + value.note)) }
      return .bar(
        Mark.Bar(
          x: x, y: speed, series: style,
          labels: [Format.significant(speed)] + (speedUp.map { [Format.ratio($0)] } ?? []),
          hint: hint + "\(Format.significant(speed)) tokens/s"))
    }

    /// The cells of the figure's table.
    var row: [String] {
      [
        value.zooModel ?? value.model, value.parameters.map { Format.parameters(Int($0)) } ?? "", value.name,
        value.threads == .best ? "best" : "", value.value.map { Format.significant($0) } ?? "", "",
        speedUp.map { Format.ratio($0) } ?? "", "", value.value == nil ? value.note : "", value.reference,
      ]
    }
  }

  let systems: [System]
  private let values: [[PublishedValue?]]

  /// Empty where the table holds none of the models, or nothing for the architecture.
  init(_ run: RunView, models: [ModelIdentity]) {
    let table = run.published.values(
      of: .speed, source: "arXiv:2410.16144", place: "Table 4", architecture: run.record.machine.architecture)
    let own = table.filter { value in models.contains { $0.name == value.zooModel } }
    let names = RunView.distinct(own.map(\.name))
    systems = names.map { name in
      let isBaseline = name.hasSuffix("FP16")
      // The ternary kernels of the table stand beside the kernel that Tern takes by default.
      let style = isBaseline ? SeriesStyle.baseline : KernelStyles.style(ofFamily: "simd")
      return System(name: name, style: style.published)
    }
    values = models.map { model in
      names.map { name in own.first { $0.zooModel == model.name && $0.name == name } }
    }
  }

  /// Where the numbers come from, in a phrase for each table.
  var sources: [String] { RunView.distinct(values.joined().compactMap(\.self).map(\.origin)) }

  /// A bar for each value, behind `first` measured ones.
  func bars(after first: Int, of slots: Int) -> [Bar] {
    values.enumerated().flatMap { place, row -> [Bar] in
      let baseline = row.compactMap(\.self).first { $0.name.hasSuffix("FP16") }?.value
      return row.enumerated().compactMap { slot, value -> Bar? in
        guard let value else { return nil }
        let isBaseline = value.name.hasSuffix("FP16")
        let ratio = value.value.flatMap { own in baseline.map { own / $0 } }
        return Bar(
          value: value, x: GroupedBars.edges(place: place, slot: first + slot, of: slots), style: systems[slot].style,
          speedUp: isBaseline ? nil : ratio)
      }
    }
  }
}
