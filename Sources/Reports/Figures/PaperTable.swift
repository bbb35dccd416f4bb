import Charts
import Records

/// Memory, latency and estimated energy side by side, as in table 1 of BitNet b1.58 2B4T (arXiv 2504.12285).
enum PaperTable {
  static func group(of run: RunView) -> Figures.Group {
    let figure = figure(of: run)
    return Figures.Group(
      id: "efficiency", title: "Memory, latency and estimated energy",
      introduction: """
        The three columns by which BitNet b1.58 2B4T is compared with other small models: weights in memory without \
        embedding and head, milliseconds per generated token, and the estimated energy of the arithmetic of 512 tokens.
        """,
      figures: [figure].compactMap(\.self),
      missing: figure == nil
        ? [Figures.Missing(figure: "Memory, latency and estimated energy", reason: "no model generated tokens")] : [])
  }

  /// One line of the table.
  struct Row {
    let name: String
    let style: SeriesStyle
    let gigabytes: Double?
    let milliseconds: Estimate?
    let joules: Double?
    let how: String
    let origin: String?
    let reference: String?
  }

  /// Tokens of the paper's estimate: one forward pass over a sequence.
  private static let sequence = 512
  /// The paper compares models of one to two billion parameters; others stand in the table of all results.
  private static let classOfPaper = 900_000_000...3_000_000_000
  /// With two kernels each still a table that is seen at once.
  private static let mostModels = 4

  static func figure(of run: RunView) -> Figure? {
    let own = measured(run)
    guard !own.isEmpty else { return nil }
    let models = Set(run.measured.compactMap(\.cell.model?.name))
    let published = models.contains("bitnet-2b-4t") ? published(run) : []
    let rows = own + published
    let names = Axis.bands(rows.map(\.name), isReversed: true)
    let blank = Axis.bands(rows.map { _ in "" }, isReversed: true)
    let columns: [(title: String, values: [Double?])] = [
      ("weights, GB", rows.map(\.gigabytes)),
      ("latency, ms per token", rows.map { $0.milliseconds?.value }),
      ("estimated arithmetic, J per \(sequence) tokens", rows.map(\.joules)),
    ]
    let panels = columns.enumerated().compactMap { place, column in
      panel(column.title, column.values, rows: rows, names: place == 0 ? names : blank)
    }
    guard panels.count > 1 else { return nil }
    let chart = Chart(
      id: "memory-latency-energy", title: "Memory, latency and estimated energy",
      description: "Bars in three columns. " + own.map(sentence).joined(separator: " "),
      size: Size(width: 960, height: Double(rows.count) * 24 + 76), panels: panels, columns: panels.count,
      table: table(rows))
    return Figure(
      chart: chart, caption: caption(rows), sources: RunView.distinct(published.compactMap(\.origin)), showsTable: true)
  }

  // MARK: Rows

  /// Each model and kernel at its fastest, latency by its first decode phase.
  private static func measured(_ run: RunView) -> [Row] {
    let decoding = run.measured.filter(\.cell.phase.isDecode)
    guard let phase = decoding.first?.cell.phase.label else { return [] }
    let models = RunView.models(of: decoding)
    let like = models.filter { classOfPaper ~= $0.parameters }
    return RunView.representative(like.isEmpty ? models : like, most: mostModels).flatMap { model in
      run.kernels.ids.compactMap { kernel -> Row? in
        let cells = run.measured.filter { $0.cell.model?.name == model.name && run.kernels.id(of: $0) == kernel }
        guard let best = RunView.fastest(cells.filter { $0.cell.phase.label == phase }), let speed = best.speed else {
          return nil
        }
        let prompt = cells.first { $0.cell.phase.isPrefill && $0.cell.phase.prompt == sequence }
        return Row(
          name: "\(model.name) · \(kernel)", style: run.kernels.style(of: kernel),
          // Of ternary weights: a model without any has nothing to compare.
          gigabytes: model.ternaryParameters == 0
            ? nil : best.cell.kernel?.bitsPerWeight.map { Double(model.ternaryParameters) * $0 / 8 / 1e9 },
          milliseconds: latency(of: speed), joules: prompt?.cell.estimates?["estimated_energy_arithmetic_j"],
          how: "\(phase), \(Format.count(best.cell.threads, "thread"))", origin: nil, reference: nil)
      }
    }
  }

  /// The inverse of a speed, with its interval turned round.
  private static func latency(of speed: Estimate) -> Estimate? {
    guard speed.value > 0 else { return nil }
    guard let interval = speed.interval, interval.lowerBound > 0 else { return Estimate(single: 1e3 / speed.value) }
    return Estimate(value: 1e3 / speed.value, interval: 1e3 / interval.upperBound...1e3 / interval.lowerBound)
  }

  private static func published(_ run: RunView) -> [Row] {
    let table = run.published.values.filter { $0.source.hasPrefix("arXiv:2504.12285") && $0.place == "Table 1" }
    return RunView.distinct(table.map(\.model)).map { model in
      let own = table.filter { $0.model == model }
      func value(_ metric: PublishedValue.Metric) -> PublishedValue? { own.first { $0.metric == metric } }
      let latency = value(.tokenTime)
      return Row(
        name: model, style: (latency?.zooModel == nil ? SeriesStyle.baseline : SeriesStyle(colour: 1)).published,
        gigabytes: value(.weights)?.value, milliseconds: latency?.value.map(Estimate.init(single:)),
        joules: value(.estimatedEnergy)?.value,
        how: [latency?.system ?? "", latency?.test ?? ""].joined(separator: ", "),
        origin: latency?.origin, reference: latency?.reference)
    }
  }

  // MARK: Drawing

  private static func panel(_ title: String, _ values: [Double?], rows: [Row], names: Axis) -> Panel? {
    let known = values.compactMap(\.self)
    guard let largest = known.max(), let x = Axis.linear(title: title, covering: [largest * 1.2], ticks: 3) else {
      return nil
    }
    let marks = zip(rows, values).enumerated().flatMap { place, pair -> [Mark] in
      guard let value = pair.1 else { return [] }
      let y = Double(place)
      return [
        .span(
          Mark.Span(
            x: 0...value, y: y - 0.32...y + 0.32, series: pair.0.style,
            hint: "\(pair.0.name): \(Format.significant(value)), \(pair.0.origin ?? "measured")")),
        .label(Mark.Label(x: value, y: y, text: Format.significant(value))),
      ]
    }
    return Panel(x: x, y: names, marks: marks)
  }

  // MARK: Words and numbers

  private static func caption(_ rows: [Row]) -> String {
    var sentences = [
      "Memory: ternary weights times the bits that the kernel's packing takes, without embedding and head.",
      "Latency: one over tokens per second, at the fastest number of threads.",
    ]
    if rows.contains(where: { $0.joules != nil }) {
      sentences.append("Energy is estimated, not measured: products and attention at 7\u{A0}nm, no memory traffic.")
    }
    if rows.contains(where: { $0.joules == nil && $0.origin == nil }) {
      sentences.append("The estimate is of a prompt of \(sequence) tokens and stands only where pp\(sequence) was run.")
    }
    return sentences.joined(separator: " ")
  }

  private static func sentence(_ row: Row) -> String {
    let memory = row.gigabytes.map { "\(Format.significant($0)) GB" }
    let latency = row.milliseconds.map { "\(Format.significant($0.value)) ms per token" }
    return "\(row.name): \([memory, latency].compactMap(\.self).joined(separator: ", "))."
  }

  private static func table(_ rows: [Row]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Model"), .init("Weights, GB", isNumeric: true), .init("Latency, ms/token", isNumeric: true),
        .init("95 %", isNumeric: true), .init("Estimated energy, J", isNumeric: true), .init("Run"), .init("Origin"),
      ],
      rows: rows.map { row in
        [
          row.name, row.gigabytes.map { Format.significant($0) } ?? "",
          row.milliseconds.map { Format.significant($0.value) } ?? "", row.milliseconds?.intervalText ?? "",
          row.joules.map { Format.significant($0) } ?? "", row.how, row.reference ?? "measured",
        ]
      })
  }
}
