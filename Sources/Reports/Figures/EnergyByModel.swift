import Charts
import Records
import Sinks

/// Joules per generated token by model and kernel: what was measured, and apart from it what is estimated.
enum EnergyByModel {
  /// One figure per decode phase with measured energy, then the estimate of each.
  static func draw(_ run: RunView) -> [Figures.Drawing] {
    let cells = run.measured.filter(\.cell.phase.isDecode)
    let phases = RunView.distinct(cells.map(\.cell.phase.label))
    let measured = phases.compactMap { phase in
      figure(of: run, phase: phase, cells: cells.filter { $0.cell.phase.label == phase })
    }
    let estimated = phases.first.flatMap { phase in
      estimate(of: run, phase: phase, cells: cells.filter { $0.cell.phase.label == phase })
    }
    let absence =
      run.record.meters.first { $0.id == "energy" && !$0.available }?.reason.map(Figures.withoutStop)
      ?? "no repetition of a decode cell holds energy"
    return (measured.isEmpty ? [.missing("Measured energy per token", because: absence)] : measured.map { .figure($0) })
      + (estimated.map { [.figure($0)] } ?? [])
  }

  /// One bar.
  struct Bar {
    let model: ModelIdentity
    let kernel: String
    let style: SeriesStyle
    let x: ClosedRange<Double>
    let joules: Double
    let halfWidth: Double?
    let saving: Double?
    let how: String
    let origin: String?

    var mark: Mark {
      let interval = halfWidth.map { max(joules - $0, 0)...joules + $0 }
      return .bar(
        Mark.Bar(
          x: x, y: joules, interval: interval, series: style,
          labels: [Format.significant(joules)] + (saving.map { [Format.change(-$0)] } ?? []),
          hint: "\(model.name), \(kernel): \(Format.joules(joules)) per token, \(how)"))
    }
  }

  // MARK: Measured

  static func figure(of run: RunView, phase: String, cells: [CellView]) -> Figure? {
    let energies = cells.filter { EnergyPerToken($0.cell) != nil }
    let models = RunView.models(of: energies)
    let kernels = run.kernels.ids.filter { id in energies.contains { run.kernels.id(of: $0) == id } }
    let published = run.published.values(
      of: .energyPerToken, source: "arXiv:2410.16144", place: "Table 6",
      architecture: run.record.machine.architecture
    ).filter { value in value.value != nil && models.contains { $0.name == value.zooModel } }
    let systems = RunView.distinct(published.map(\.name))
    let slots = kernels.count + systems.count
    let byModel = RunView.byModel(energies)
    let own = models.enumerated().flatMap { place, model in
      bars(of: run, model: model, place: place, slots: slots, kernels: kernels, own: byModel[model.name] ?? [])
    }
    let others = published.compactMap { value -> Bar? in
      guard let place = models.firstIndex(where: { $0.name == value.zooModel }), let joules = value.value,
        let slot = systems.firstIndex(of: value.name)
      else { return nil }
      let style = value.kernel.hasPrefix("FP16") ? SeriesStyle.baseline : KernelStyles.style(ofFamily: "simd")
      return Bar(
        model: models[place], kernel: "\(value.name), published", style: style.published,
        x: GroupedBars.edges(place: place, slot: kernels.count + slot, of: slots), joules: joules, halfWidth: nil,
        saving: nil, how: value.origin, origin: value.origin)
    }
    guard !own.isEmpty else { return nil }
    let domain = energies.compactMap { EnergyPerToken($0.cell)?.domain.title }.first ?? "package"
    return drawn(
      own + others, id: "energy-by-model-\(phase)", title: "Energy per token by model, \(phase)", models: models,
      slots: slots, axis: "joules per token, gross, \(domain)",
      caption: "Measured joules of the \(domain), gross, per token of \(phase), each at its fastest number of threads. "
        + "The thin line is the 95 % interval: the scatter of the repetitions and the meter's own uncertainty. "
        + "Per cent: against \(KernelStyles.baseline).")
  }

  private static func bars(
    of run: RunView, model: ModelIdentity, place: Int, slots: Int, kernels: [String], own: [CellView]
  ) -> [Bar] {
    func best(_ kernel: String) -> CellView? { RunView.fastest(own.filter { run.kernels.id(of: $0) == kernel }) }
    let baseline = kernels.first { KernelStyles.family(of: $0) == KernelStyles.baseline }.flatMap(best)
    let reference = baseline.flatMap { EnergyPerToken($0.cell) }
    return kernels.enumerated().compactMap { slot, kernel in
      guard let view = best(kernel), let energy = EnergyPerToken(view.cell), energy.joules > 0 else { return nil }
      let isComparable = reference?.domain == energy.domain && KernelStyles.family(of: kernel) != KernelStyles.baseline
      return Bar(
        model: model, kernel: kernel, style: run.kernels.style(of: kernel),
        x: GroupedBars.edges(place: place, slot: slot, of: slots), joules: energy.joules, halfWidth: energy.halfWidth,
        saving: isComparable ? reference.map { 1 - energy.joules / $0.joules } : nil,
        how: "\(energy.domain.title), \(Format.count(view.cell.threads, "thread"))", origin: nil)
    }
  }

  // MARK: Estimated

  /// The estimate knows nothing of threads, so any cell of a model and kernel gives it.
  static func estimate(of run: RunView, phase: String, cells: [CellView]) -> Figure? {
    let metric = "estimated_energy_arithmetic_j_per_token"
    let known = cells.filter { ($0.cell.estimates?[metric] ?? 0) > 0 }
    let models = RunView.models(of: known)
    let kernels = run.kernels.ids.filter { id in known.contains { run.kernels.id(of: $0) == id } }
    let byModel = RunView.byModel(known)
    let bars = models.enumerated().flatMap { place, model in
      kernels.enumerated().compactMap { slot, kernel -> Bar? in
        let cell = byModel[model.name]?.first { run.kernels.id(of: $0) == kernel }
        guard let joules = cell?.cell.estimates?[metric] else { return nil }
        var style = run.kernels.style(of: kernel)
        style.texture = .dots
        return Bar(
          model: model, kernel: kernel, style: style,
          x: GroupedBars.edges(place: place, slot: slot, of: kernels.count), joules: joules * 1e3, halfWidth: nil,
          saving: nil, how: "estimated", origin: "estimated, not measured")
      }
    }
    return drawn(
      bars, id: "estimated-energy-by-model-\(phase)", title: "Estimated, not measured: arithmetic energy, \(phase)",
      models: models, slots: kernels.count, axis: "millijoules per token, ESTIMATED",
      caption: "Estimated, not measured: arithmetic of the products and attention at 7\u{A0}nm (arXiv 2310.11453, "
        + "table 2), without any memory traffic. It says how kernels differ in arithmetic, and nothing about what the "
        + "socket draws.",
      unit: "mJ")
  }

  // MARK: Drawing

  private static func drawn(
    _ bars: [Bar], id: String, title: String, models: [ModelIdentity], slots: Int, axis: String, caption: String,
    unit: String = "J"
  ) -> Figure? {
    guard let y = GroupedBars.axis(axis, bars: bars.map(\.joules)) else { return nil }
    let kernels = RunView.distinct(bars.map(\.kernel))
    let chart = Chart(
      id: id, title: title,
      description: "Grouped bars. "
        + bars.map { "\($0.model.name), \($0.kernel): \(Format.significant($0.joules)) \(unit)" }.joined(
          separator: "; ")
        + ".",
      size: Size(width: GroupedBars.width(groups: models.count, bars: slots), height: 320),
      panels: [
        Panel(
          x: .bands(models.map { "\($0.name)\n\(Format.parameters($0.parameters))" }), y: y, marks: bars.map(\.mark))
      ],
      legend: kernels.compactMap { name in
        bars.first { $0.kernel == name }.map { LegendEntry(label: name, series: $0.style, swatch: .bar) }
      },
      table: ChartTable(
        columns: [
          .init("Model"), .init("Kernel"), .init("\(unit) per token", isNumeric: true), .init("±", isNumeric: true),
          .init("Against \(KernelStyles.baseline)", isNumeric: true), .init("How"),
        ],
        rows: bars.map { bar in
          [
            bar.model.name, bar.kernel, Format.significant(bar.joules),
            bar.halfWidth.map { Format.significant($0, digits: 2) } ?? "",
            bar.saving.map { Format.change(-$0) } ?? "", bar.how,
          ]
        }))
    let sources = RunView.distinct(bars.compactMap(\.origin).filter { $0.hasPrefix("published") })
    return Figure(chart: chart, caption: caption, sources: sources)
  }
}

extension Figures {
  /// A reason as it stands inside a sentence of the page, which ends it.
  static func withoutStop(_ reason: String) -> String {
    reason.hasSuffix(".") ? String(reason.dropLast()) : reason
  }
}
