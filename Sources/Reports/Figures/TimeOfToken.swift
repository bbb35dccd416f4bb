import Charts
import Records
import Sinks

/// Where the time of a token goes, operation by operation: a stacked bar per kernel, from one pass behind the windows.
enum TimeOfToken {
  static func draw(_ run: RunView) -> [Figures.Drawing] {
    let rows = rows(of: run)
    let shown = Set(RunView.representative(RunView.models(of: rows.map(\.view)), most: mostModels).map(\.name))
    let groups = RunView.distinct(rows.map(\.group)).filter { shown.contains($0.model) }
    // Generation first: it is what a reader waits for.
    let ordered = groups.filter(\.isDecode) + groups.filter { !$0.isDecode }
    let figures = ordered.prefix(mostFigures).compactMap { group in figure(rows.filter { $0.group == group }) }
    guard figures.isEmpty else { return figures.map { .figure($0) } }
    let ofModels = run.measured.contains { $0.cell.phase.kind == .model }
    let reason =
      ofModels
      ? "no cell holds a time breakdown; tern run takes one per cell unless the suite says profile = false, and "
        + "tern profile measures and prints one alone" : "no model was run"
    return [.missing("Where the time of a token goes", because: reason)]
  }

  /// A figure for each of more models would say the same again.
  private static let mostModels = 3
  /// Two phases of each.
  private static let mostFigures = 6

  /// What one figure is about.
  private struct Group: Hashable {
    let model: String
    let phase: String
    let isDecode: Bool
  }

  /// A kernel at the number of threads that is fastest among the cells with a breakdown.
  private struct Row {
    let view: CellView
    let group: Group
    let kernel: String
    let breakdown: TimeBreakdownRecord
    let rate: Double

    /// Milliseconds of one token.
    func milliseconds(_ ns: Int) -> Double { Double(ns) * 1e-6 / Double(max(breakdown.tokens, 1)) }

    var total: Double { milliseconds(breakdown.timeWallNs) }
    /// The pass over the same work in a window.
    var slowdown: Double { total * 1e-3 * rate }
    var name: String { "\(kernel) · \(Format.count(view.cell.threads, "thread"))" }
  }

  /// Operations that are shown as one, in the order of the bar.
  private struct Part {
    let title: String
    let style: SeriesStyle
    let kinds: Set<ForwardOperation.Kind>
    /// Whether it takes what no operation took.
    var hasRest = false

    static let all = [
      Part(title: "matrix products", style: SeriesStyle(colour: 1), kinds: [.products]),
      Part(title: "attention", style: SeriesStyle(colour: 3, texture: .dots), kinds: [.attention]),
      Part(title: "scans, gates", style: SeriesStyle(colour: 4, texture: .dots), kinds: [.recurrence]),
      Part(title: "norms, quantizing", style: SeriesStyle(colour: 5, texture: .lines), kinds: [.quantization]),
      Part(title: "head", style: SeriesStyle(colour: 2, texture: .crosses), kinds: [.head]),
      Part(title: "the rest", style: SeriesStyle(colour: 0), kinds: [.other], hasRest: true),
    ]

    func operations(of row: Row) -> [ForwardOperation] {
      row.breakdown.operations.filter { kinds.contains($0.kind) }
    }

    func milliseconds(of row: Row) -> Double {
      let ns = operations(of: row).reduce(0) { $0 + (row.breakdown.timeByOperationNs[$1.name] ?? 0) }
      return row.milliseconds(ns + (hasRest ? row.breakdown.timeBetweenNs : 0))
    }
  }

  private static func rows(of run: RunView) -> [Row] {
    let rows = run.inOrder(run.measured).compactMap { view -> Row? in
      guard let breakdown = view.cell.timeBreakdown, let model = view.cell.model, let kernel = run.kernels.id(of: view),
        let rate = view.speed?.value, rate > 0
      else { return nil }
      let phase = view.cell.phase
      return Row(
        view: view, group: Group(model: model.name, phase: phase.label, isDecode: phase.isDecode), kernel: kernel,
        breakdown: breakdown, rate: rate)
    }
    let fastest = Dictionary(grouping: rows) { [$0.group.model, $0.group.phase, $0.kernel] }
      .compactMapValues { $0.max { $0.rate < $1.rate }?.view.cell.id }
    let kept = Set(fastest.values)
    return rows.filter { kept.contains($0.view.cell.id) }
  }

  // MARK: Drawing

  private static func figure(_ rows: [Row]) -> Figure? {
    // The kernels are of very different length: shares stay readable, and the time of each stands behind its bar.
    guard let group = rows.first?.group, let scale = Scale.linear(0, 118) else { return nil }
    let ticks = [0, 20, 40, 60, 80, 100].map { Axis.Tick($0, String(Int($0))) }
    let x = Axis(
      title: "per cent of a token's time, which stands at the end", scale: scale, ticks: ticks, isNumeric: true)
    let parts = Part.all.filter { part in rows.contains { part.milliseconds(of: $0) > 0 } }
    let chart = Chart(
      id: "time-of-token-\(group.model)-\(group.phase)",
      title: "\(group.model), \(group.phase): where the time of a token goes", description: description(rows, parts),
      size: Size(width: 720, height: Double(rows.count) * 34 + 92),
      panels: [
        Panel(
          x: x, y: .bands(rows.map(\.name), isReversed: true),
          marks: rows.enumerated().flatMap { marks(of: $0.element, parts, row: $0.offset) })
      ],
      legend: parts.map { LegendEntry(label: $0.title, series: $0.style, swatch: .bar) }, table: table(rows, parts))
    return Figure(chart: chart, caption: caption(rows, of: group), data: operations(rows))
  }

  private static func marks(of row: Row, _ parts: [Part], row place: Int) -> [Mark] {
    let y = Double(place)
    var start = 0.0
    let spans = parts.compactMap { part -> Mark? in
      let time = part.milliseconds(of: row)
      guard time > 0 else { return nil }
      let end = start + time / row.total * 100
      defer { start = end }
      let share = Format.percent(time / row.total)
      return .span(
        Mark.Span(
          x: start...end, y: y - 0.36...y + 0.36, series: part.style, labels: ["\(part.title) \(share)", share],
          hint: "\(row.kernel), \(part.title): \(text(time)), \(share)\(inner(part, row))"))
    }
    return spans + [.label(Mark.Label(x: start, y: y, text: text(row.total)))]
  }

  /// " (gate+up, activation 6.02 ms; down 3.1 ms)".
  private static func inner(_ part: Part, _ row: Row) -> String {
    let operations = part.operations(of: row)
    guard operations.count > 1 else { return "" }
    let times = operations.map { operation in
      "\(operation.title) \(text(row.milliseconds(row.breakdown.timeByOperationNs[operation.name] ?? 0)))"
    }
    return " (\(times.joined(separator: "; ")))"
  }

  private static func text(_ milliseconds: Double) -> String { Format.duration(ns: milliseconds * 1e6) }

  // MARK: Words and numbers

  private static func description(_ rows: [Row], _ parts: [Part]) -> String {
    let sentences = rows.map { row in
      "\(row.name), \(text(row.total)): "
        + parts.map { "\($0.title) \(Format.percent($0.milliseconds(of: row) / row.total))" }.joined(separator: ", ")
    }
    return "Stacked bars of the shares of a token's time. " + sentences.joined(separator: "; ") + "."
  }

  private static func caption(_ rows: [Row], of group: Group) -> String {
    let ratios = rows.map(\.slowdown).sorted()
    let least = Format.ratio(ratios[0])
    let most = Format.ratio(ratios[ratios.count - 1])
    let cost = least == most ? most : "\(least) to \(most)"
    return "\(group.model), \(group.phase), each kernel at its fastest number of threads: one pass behind the last "
      + "window, timed operation by operation, without meters. It took \(cost) the time per token of the windows. The "
      + "activation and the residual sums count with their products; the rest is the embedding, the choice of tokens, "
      + "and what lies between passes."
  }

  private static func table(_ rows: [Row], _ parts: [Part]) -> ChartTable {
    ChartTable(
      columns: [.init("Kernel"), .init("Threads", isNumeric: true)]
        + parts.map { .init("\($0.title), ms", isNumeric: true) }
        + [
          .init("all, ms", isNumeric: true), .init("over the windows", isNumeric: true),
          .init("fork-joins per token", isNumeric: true),
        ],
      rows: rows.map { row in
        [row.kernel, String(row.view.cell.threads)] + parts.map { Format.significant($0.milliseconds(of: row)) } + [
          Format.significant(row.total), Format.ratio(row.slowdown),
          Format.significant(Double(row.breakdown.forkJoins) / Double(max(row.breakdown.tokens, 1))),
        ]
      })
  }

  /// Every operation on a line of its own.
  private static func operations(_ rows: [Row]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Model"), .init("Phase"), .init("Kernel"), .init("Threads", isNumeric: true), .init("Operation"),
        .init("Part"), .init("ms per token", isNumeric: true), .init("Share", isNumeric: true),
      ],
      rows: rows.flatMap { row in
        let times = row.breakdown.operations.map { operation in
          (operation.title, title(of: operation.kind), row.breakdown.timeByOperationNs[operation.name] ?? 0)
        }
        return (times + [("between operations", title(of: .other), row.breakdown.timeBetweenNs)]).map {
          operation, part, ns in
          let share = Double(ns) / Double(max(row.breakdown.timeWallNs, 1))
          return [
            row.group.model, row.group.phase, row.kernel, String(row.view.cell.threads), operation, part,
            Format.machine(row.milliseconds(ns)), Format.significant(share),
          ]
        }
      })
  }

  private static func title(of kind: ForwardOperation.Kind) -> String {
    Part.all.first { $0.kinds.contains(kind) }?.title ?? ""
  }
}
