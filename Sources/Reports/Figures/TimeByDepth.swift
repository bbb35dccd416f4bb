import Charts
import Records

/// Where a token's time goes by kinds of layers and depth: a stacked bar per model and depth, in milliseconds.
enum TimeByDepth {
  /// One figure for each work of which there are breakdowns at two depths.
  static func figures(_ works: [[DepthRow]]) -> [Figure] {
    works.compactMap { rows in
      let timed = rows.series.flatMap { $0.compactMap { Row($0, besideKernels: rows.kernels) } }
      return Set(timed.map(\.row.depth)).count > 1 ? figure(timed) : nil
    }
  }

  /// A bar.
  private struct Row {
    let row: DepthRow
    let title: String
    let breakdown: TimeBreakdownRecord
    let timesNs: [String: Int]

    /// Nil without times by kinds of layers.
    init?(_ row: DepthRow, besideKernels: Int) {
      guard let breakdown = row.view.cell.timeBreakdown, let times = breakdown.timeByLayerKindNs, !times.isEmpty else {
        return nil
      }
      self.row = row
      self.breakdown = breakdown
      timesNs = times
      title = "\(row.name(besideKernels: besideKernels)) · \(row.depth)"
    }

    /// Milliseconds of one token.
    func milliseconds(_ kind: String) -> Double {
      Double(timesNs[kind] ?? 0) * 1e-6 / Double(max(breakdown.tokens, 1))
    }

    var total: Double { timesNs.keys.reduce(0) { $0 + milliseconds($1) } }
  }

  private static let styles = [
    "mamba": SeriesStyle(colour: 4), "window": SeriesStyle(colour: 5, texture: .dots),
    "full": SeriesStyle(colour: 3), "cross": SeriesStyle(colour: 3, texture: .dots),
    "gmu": SeriesStyle(colour: 4, texture: .dots), ForwardLayerKind.feedForward: SeriesStyle(colour: 1),
    ForwardLayerKind.ends: SeriesStyle(colour: 2, texture: .crosses),
  ]

  /// Those of the rows in the order of the bars; what this build does not know comes last, in grey.
  private static func kinds(of rows: [Row]) -> [ForwardLayerKind] {
    let found = Set(rows.flatMap(\.timesNs.keys))
    return ForwardLayerKind.all.filter { found.contains($0.name) }
      + found.subtracting(ForwardLayerKind.all.map(\.name)).sorted().map { ForwardLayerKind(unknown: $0) }
  }

  private static func style(_ kind: ForwardLayerKind) -> SeriesStyle { styles[kind.name] ?? SeriesStyle(colour: 0) }

  private static func figure(_ rows: [Row]) -> Figure? {
    // The time stands behind its bar: a sixth more leaves room for it.
    guard let work = rows.first?.row.work,
      let x = Axis.linear(title: "milliseconds of a token", covering: rows.map { $0.total * 7 / 6 })
    else { return nil }
    let kinds = kinds(of: rows)
    let chart = Chart(
      id: "time-by-depth-\(work)", title: "\(work): the time of a token by kind of layer and depth",
      description: description(rows, kinds, work),
      size: Size(width: 760, height: Double(rows.count) * 30 + 100),
      panels: [
        Panel(
          x: x, y: .bands(rows.map(\.title), isReversed: true),
          marks: rows.enumerated().flatMap { marks(of: $0.element, kinds, place: $0.offset) })
      ],
      legend: kinds.map { LegendEntry(label: $0.title, series: style($0), swatch: .bar) }, table: table(rows, kinds))
    return Figure(
      chart: chart,
      caption: "\(work) behind as many tokens as stand beside a model's name: one pass behind the last window, timed "
        + "operation by operation, without meters. A kind of layer is its norm, its products and what is between them; "
        + "feed-forwards are apart.")
  }

  private static func marks(of row: Row, _ kinds: [ForwardLayerKind], place: Int) -> [Mark] {
    let y = Double(place)
    var start = 0.0
    let spans = kinds.compactMap { kind -> Mark? in
      let time = row.milliseconds(kind.name)
      guard time > 0 else { return nil }
      let end = start + time
      defer { start = end }
      let text = Format.duration(ns: time * 1e6)
      return .span(
        Mark.Span(
          x: start...end, y: y - 0.36...y + 0.36, series: style(kind), labels: [text],
          hint: "\(row.title), \(kind.title): \(text), \(Format.percent(time / row.total))"))
    }
    return spans + [.label(Mark.Label(x: start, y: y, text: Format.duration(ns: row.total * 1e6)))]
  }

  private static func description(_ rows: [Row], _ kinds: [ForwardLayerKind], _ work: String) -> String {
    let sentences = rows.map { row in
      let parts = kinds.filter { row.milliseconds($0.name) > 0 }.map { kind in
        "\(kind.title) \(Format.duration(ns: row.milliseconds(kind.name) * 1e6))"
      }
      return "\(row.title): \(parts.joined(separator: ", "))"
    }
    return "Stacked bars of the time of a token of \(work). " + sentences.joined(separator: "; ") + "."
  }

  private static func table(_ rows: [Row], _ kinds: [ForwardLayerKind]) -> ChartTable {
    ChartTable(
      columns: [.init("Model"), .init("Kernel"), .init("Depth", isNumeric: true)]
        + kinds.map { .init("\($0.title), ms", isNumeric: true) } + [.init("all, ms", isNumeric: true)],
      rows: rows.map { row in
        [row.row.model, row.row.kernel, String(row.row.depth)]
          + kinds.map { Format.significant(row.milliseconds($0.name)) } + [Format.significant(row.total)]
      })
  }
}
