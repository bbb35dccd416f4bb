import Charts
import Records

/// Prompt processing beside token generation: how far batching carries each kernel on each model.
enum PrefillAndDecode {
  static func group(of run: RunView) -> Figures.Group {
    Figures.Group(
      id: "phases", title: "Prompt processing and token generation",
      introduction: """
        Generation reads every weight for one token; a prompt shares that reading among its tokens. The distance \
        between the two points is what batching gains. Each at its fastest number of threads; below, by threads.
        """,
      figures: [figure(of: run)].compactMap(\.self) + PhasesByThreads.figures(of: run))
  }

  /// Drawn for the prefill and the decode phase that most cells have; `nil` where nothing has both.
  static func figure(of run: RunView) -> Figure? {
    guard let prefill = commonest(run.measured.filter(\.cell.phase.isPrefill)),
      let decode = commonest(run.measured.filter(\.cell.phase.isDecode))
    else { return nil }
    let pairs = pairs(of: run, prefill: prefill, decode: decode)
    // Each number stands outside its pair of points: a factor of two at either end leaves room for it.
    let speeds = pairs.flatMap { [$0.prefill.value, $0.decode.value] }.flatMap { [$0 / 2, $0 * 2] }
    guard let x = Axis.logarithmic(title: "tokens per second, logarithmic", covering: speeds) else { return nil }
    let chart = Chart(
      id: "prefill-and-decode", title: "\(prefill) beside \(decode)", description: description(pairs, prefill, decode),
      size: Size(width: 720, height: Double(pairs.count) * 34 + 90),
      panels: [
        Panel(
          x: x, y: .bands(pairs.map { "\($0.model.name) · \($0.kernel)" }, isReversed: true),
          marks: pairs.enumerated().flatMap { marks(of: $0.element, row: $0.offset) })
      ],
      legend: [
        LegendEntry(label: "\(decode) (open)", series: SeriesStyle(colour: 0), swatch: .hollowPoint),
        LegendEntry(label: "\(prefill) (filled)", series: SeriesStyle(colour: 0), swatch: .point),
      ],
      table: table(pairs, prefill, decode))
    return Figure(
      chart: chart,
      caption:
        "Open points: \(decode); filled points: \(prefill). Means, with 95 % intervals where they are wider than the point."
    )
  }

  /// One model and kernel that ran both.
  struct Pair {
    let model: ModelIdentity
    let kernel: String
    let style: SeriesStyle
    let prefill: Estimate
    let decode: Estimate
  }

  private static func commonest(_ cells: [CellView]) -> String? {
    let labels = cells.map(\.cell.phase.label)
    let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
    return RunView.distinct(labels).max { (counts[$0] ?? 0) < (counts[$1] ?? 0) }
  }

  private static func pairs(of run: RunView, prefill: String, decode: String) -> [Pair] {
    RunView.models(of: run.measured).flatMap { model in
      run.kernels.ids.compactMap { kernel -> Pair? in
        let own = run.measured.filter { $0.cell.model?.name == model.name && run.kernels.id(of: $0) == kernel }
        guard let first = RunView.fastest(own.filter { $0.cell.phase.label == prefill })?.speed,
          let second = RunView.fastest(own.filter { $0.cell.phase.label == decode })?.speed
        else { return nil }
        return Pair(
          model: model, kernel: kernel, style: run.kernels.style(of: kernel), prefill: first, decode: second)
      }
    }
  }

  private static func marks(of pair: Pair, row: Int) -> [Mark] {
    let y = Double(row)
    var style = pair.style
    style.marker = .circle
    var thread = style
    thread.dash = .solid
    let isUp = pair.prefill.value >= pair.decode.value
    return [
      .line(
        Mark.Line(
          vertices: [Mark.Vertex(x: pair.decode.value, y: y), Mark.Vertex(x: pair.prefill.value, y: y)],
          series: thread, hasMarkers: false)),
      .point(Mark.Point(x: pair.decode.value, y: y, interval: pair.decode.interval, series: style, isHollow: true)),
      .point(Mark.Point(x: pair.prefill.value, y: y, interval: pair.prefill.interval, series: style)),
      .label(
        Mark.Label(
          x: pair.decode.value, y: y, text: Format.significant(pair.decode.value), side: isUp ? .aboveLeft : .aboveRight
        )),
      .label(
        Mark.Label(
          x: pair.prefill.value, y: y, text: Format.significant(pair.prefill.value),
          side: isUp ? .aboveRight : .aboveLeft)),
    ]
  }

  private static func description(_ pairs: [Pair], _ prefill: String, _ decode: String) -> String {
    let gains = pairs.map { pair in
      "\(pair.model.name) with \(pair.kernel): \(Format.ratio(pair.prefill.value / pair.decode.value))"
    }
    return "Pairs of points: throughput of \(decode) and of \(prefill). Ratio of the two: "
      + gains.joined(separator: "; ") + "."
  }

  private static func table(_ pairs: [Pair], _ prefill: String, _ decode: String) -> ChartTable {
    ChartTable(
      columns: [
        .init("Model"), .init("Kernel"), .init("\(decode), t/s", isNumeric: true), .init("95 %", isNumeric: true),
        .init("\(prefill), t/s", isNumeric: true), .init("95 %", isNumeric: true), .init("Ratio", isNumeric: true),
      ],
      rows: pairs.map { pair in
        [
          pair.model.name, pair.kernel, Format.significant(pair.decode.value), pair.decode.intervalText ?? "",
          Format.significant(pair.prefill.value), pair.prefill.intervalText ?? "",
          Format.ratio(pair.prefill.value / pair.decode.value),
        ]
      })
  }
}
