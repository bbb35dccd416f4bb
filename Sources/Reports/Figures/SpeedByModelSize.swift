import Charts
import Records

/// The figure that the field knows: generation speed over model size, baseline beside ternary kernels
/// (arXiv 2410.16144, table 4 and figure 1).
enum SpeedByModelSize {
  /// One figure per decode phase: speeds at different lengths are not comparable.
  static func group(of run: RunView) -> Figures.Group {
    let phases = RunView.distinct(run.cells.filter(\.cell.phase.isDecode).map(\.cell.phase.label))
    return Figures.Group(
      id: "speed", title: "Speed by model size",
      introduction: """
        Token generation, each model and kernel at its fastest number of threads. The figure over a bar is tokens per \
        second; with × stands the speed-up over \(KernelStyles.baseline), the dense baseline. The dashed band is how \
        fast people read.
        """,
      figures: phases.compactMap { figure(of: run, phase: $0) })
  }

  /// The speed at which people read, tokens per second (arXiv 2410.16144, section 1).
  static let readingSpeed: ClosedRange<Double> = 5...7

  static func figure(of run: RunView, phase: String) -> Figure? {
    let cells = run.cells.filter { $0.cell.phase.label == phase && $0.cell.kernel != nil }
    let models = RunView.models(of: cells)
    let kernels = run.kernels.ids.filter { id in cells.contains { run.kernels.id(of: $0) == id } }
    let published = PublishedSpeeds(run, models: models)
    let slots = kernels.count + published.systems.count
    let byModel = RunView.byModel(cells)
    let bars = models.enumerated().flatMap { place, model in
      kernels.enumerated().map { slot, kernel in
        Bar(
          run, model: model, kernel: kernel, x: GroupedBars.edges(place: place, slot: slot, of: slots),
          own: byModel[model.name] ?? [])
      }
    }
    let others = published.bars(after: kernels.count, of: slots)
    guard let y = axis(covering: bars.compactMap(\.speed), published: others.compactMap(\.value.value)) else {
      return nil
    }
    let marks = bars.map(\.mark) + others.map(\.mark)
    let savings = EnergySavings(run, models: models, cells: cells)
    let framed = savings.framed(y: y, marks: marks, models: models.count)
    let chart = Chart(
      id: "speed-by-model-size-\(phase)", title: "Speed by model size, \(phase)",
      description: description(bars, models: models, kernels: kernels, phase: phase)
        + (framed.insets.isEmpty ? "" : " Inside, energy per token: \(savings.numbers)."),
      size: Size(
        width: GroupedBars.width(groups: models.count, bars: slots), height: framed.insets.isEmpty ? 380 : 460),
      panels: [
        Panel(
          x: .bands(models.map { "\($0.name)\n\(Format.parameters($0.parameters))" }), y: framed.y,
          marks: [.region(Mark.Region(y: readingSpeed))] + marks
            + [readingSpeed.lowerBound, readingSpeed.upperBound].map { .rule(Mark.Rule(along: .y, value: $0)) })
      ], insets: framed.insets,
      legend: kernels.map { LegendEntry(label: $0, series: run.kernels.style(of: $0), swatch: .bar) }
        + published.systems.map { LegendEntry(label: "\($0.name), published", series: $0.style, swatch: .bar) }
        + [LegendEntry(label: "reading speed, 5–7 tokens/s", series: .baseline, swatch: .region)],
      table: table(bars, others, phase: phase))
    let sources = RunView.distinct(published.sources + (framed.insets.isEmpty ? [] : savings.sources))
    return Figure(
      chart: chart,
      caption: caption(y, bars: bars, phase: phase, savings: framed.insets.isEmpty ? nil : savings), sources: sources)
  }

  // MARK: One bar

  /// The fastest cell of one model and one kernel, or why there is none.
  struct Bar {
    let model: ModelIdentity
    let kernel: String
    let x: ClosedRange<Double>
    let style: SeriesStyle
    let best: CellView?
    let speedUp: Estimate?
    let reason: String?

    init(_ run: RunView, model: ModelIdentity, kernel: String, x: ClosedRange<Double>, own: [CellView]) {
      let mine = own.filter { run.kernels.id(of: $0) == kernel }
      let baseline = RunView.fastest(own.filter { $0.cell.kernel?.name == KernelStyles.baseline })
      self.model = model
      self.kernel = kernel
      self.x = x
      style = run.kernels.style(of: kernel)
      best = RunView.fastest(mine)
      let isBaseline = KernelStyles.family(of: kernel) == KernelStyles.baseline
      speedUp = isBaseline ? nil : best.flatMap { best in baseline.flatMap { best.ratio(to: $0) } }
      reason = best == nil ? mine.compactMap(\.absence).first ?? "not in the plan" : nil
    }

    var speed: Estimate? { best?.speed }

    var mark: Mark {
      guard let speed else { return .absent(Mark.Absent(x: x, hint: "\(model.name), \(kernel): \(reason ?? "")")) }
      return .bar(
        Mark.Bar(
          x: x, y: speed.value, interval: speed.interval, series: style,
          labels: [Format.significant(speed.value)] + (speedUp.map { [Format.ratio($0.value)] } ?? []), hint: hint))
    }

    private var hint: String {
      let threads = Format.count(best?.cell.threads ?? 0, "thread")
      return "\(model.name), \(kernel), \(threads): \(speed?.text ?? "") tokens/s"
    }
  }

  /// The reading band belongs to the figure even where every bar ends below it.
  private static func axis(covering speeds: [Estimate], published: [Double]) -> Axis? {
    guard !speeds.isEmpty else { return nil }
    return GroupedBars.axis(
      "tokens per second", bars: speeds.map(\.value) + published,
      covering: speeds.compactMap { $0.interval?.upperBound } + [readingSpeed.lowerBound, readingSpeed.upperBound])
  }

  // MARK: Words and numbers

  private static func caption(_ y: Axis, bars: [Bar], phase: String, savings: EnergySavings?) -> String {
    var sentences = ["\(phase): mean of the repetitions; the thin line on a bar is the 95 % interval of the mean."]
    if y.scale.kind == .logarithmic {
      sentences.append("The axis is logarithmic: compare the numbers, not the lengths.")
    }
    if bars.contains(where: { $0.speed == nil }) {
      sentences.append("N/A: not run on this machine; the table below says why.")
    }
    if let savings { sentences.append(savings.caption) }
    return sentences.joined(separator: " ")
  }

  private static func description(
    _ bars: [Bar], models: [ModelIdentity], kernels: [String], phase: String
  ) -> String {
    let fastest = models.compactMap { model -> String? in
      let own = bars.filter { $0.model.name == model.name && $0.speed != nil }
      guard let best = own.max(by: { ($0.speed?.value ?? 0) < ($1.speed?.value ?? 0) }), let speed = best.speed
      else { return nil }
      return "\(model.name): \(best.kernel) is fastest with \(Format.significant(speed.value)) tokens per second"
    }
    return "Grouped bars of \(phase) throughput for \(kernels.joined(separator: ", ")). "
      + fastest.joined(separator: "; ") + "."
  }

  private static func table(_ bars: [Bar], _ published: [PublishedSpeeds.Bar], phase: String) -> ChartTable {
    let columns: [ChartTable.Column] = [
      .init("Model"), .init("Parameters", isNumeric: true), .init("Kernel"), .init("Threads", isNumeric: true),
      .init("t/s", isNumeric: true), .init("95 %", isNumeric: true),
      .init("Speed-up over \(KernelStyles.baseline)", isNumeric: true), .init("95 %", isNumeric: true),
      .init("Why N/A"),
    ]
    let rows = bars.map { bar in
      [
        bar.model.name, Format.parameters(bar.model.parameters), bar.kernel,
        bar.best.map { String($0.cell.threads) } ?? "",
        bar.speed.map { Format.significant($0.value) } ?? "", bar.speed.flatMap(\.intervalText) ?? "",
        bar.speedUp.map { Format.ratio($0.value) } ?? "", bar.speedUp.flatMap(\.intervalText) ?? "",
        bar.reason ?? "",
      ]
    }
    guard !published.isEmpty else { return ChartTable(columns: columns, rows: rows) }
    return ChartTable(
      columns: columns + [.init("Origin")],
      rows: zip(rows, bars).map { $0 + [$1.best == nil ? "" : "measured"] } + published.map(\.row))
  }
}
