import Charts
import Records
import Sinks
import Statistics

/// Every repetition of a cell as a dot, over the cell's median: scatter, outliers and two speeds are seen as they are.
enum Repetitions {
  /// More strips than these are too thin to be read; the noisiest are kept.
  private static let mostRows = 36

  static func draw(_ run: RunView) -> [Figures.Drawing] {
    if let figure = figure(of: run) { return [.figure(figure)] }
    return [.missing("Every repetition", because: "no cell has three repetitions")]
  }

  /// A cell with what its repetitions differ by, per cent of the median.
  private struct Row {
    let view: CellView
    let deviations: [Double]
    var spread: Double { (deviations.max() ?? 0) - (deviations.min() ?? 0) }
  }

  static func figure(of run: RunView) -> Figure? {
    let all = run.measured.compactMap { view in
      deviations(of: view).map { Row(view: view, deviations: $0.map(\.percent)) }
    }
    let kept = Set(
      all.sorted { ($1.spread, $0.view.cell.id) < ($0.spread, $1.view.cell.id) }.prefix(mostRows).map(\.view.cell.id))
    let rows = run.inOrder(all.map(\.view)).filter { kept.contains($0.cell.id) }.compactMap { view in
      all.first { $0.view === view }
    }
    guard let x = axis(rows.flatMap(\.deviations)) else { return nil }
    let chart = Chart(
      id: "repetitions", title: "Every repetition of \(Format.count(rows.count, "cell"))",
      description: "Strips of dots, one for each repetition. "
        + rows.map { "\($0.view.cell.id): spread \(Format.percent($0.spread / 100))" }.joined(separator: "; ") + ".",
      size: Size(width: 720, height: Double(rows.count) * 18 + 60),
      panels: [
        Panel(
          x: x, y: .bands(rows.map { name(of: $0.view, in: run) }, isReversed: true),
          marks: [.rule(Mark.Rule(along: .x, value: 0, isDashed: false))]
            + rows.enumerated().flatMap { marks(of: $0.element, row: $0.offset, in: run) })
      ],
      table: ChartTable(
        columns: [
          .init("Cell"), .init("Median", isNumeric: true), .init("Unit"), .init("Lowest, %", isNumeric: true),
          .init("Highest, %", isNumeric: true), .init("Repetitions", isNumeric: true),
        ],
        rows: rows.map { row in
          [
            row.view.cell.id, row.view.summary.rate.map { Format.significant($0.median) } ?? "",
            row.view.summary.headline.unit, signed(row.deviations.min() ?? 0), signed(row.deviations.max() ?? 0),
            String(row.deviations.count),
          ]
        }))
    let left = all.count - rows.count
    return Figure(
      chart: chart,
      caption: "One dot is one repetition, as per cent of its cell's median rate: right is faster."
        + (left > 0 ? " The \(rows.count) cells that vary most; \(left) steadier ones are left out." : ""))
  }

  /// Every repetition's rate against the median of its cell, with its place in the run; nil for fewer than three.
  static func deviations(of view: CellView) -> [(percent: Double, position: Int)]? {
    guard view.cell.outcome.reason == nil, let median = view.summary.rate?.median, median > 0 else { return nil }
    let values = view.cell.samples.compactMap { sample -> (percent: Double, position: Int)? in
      guard let rate = sample.metrics[view.summary.headline.name], rate.isFinite else { return nil }
      let percent = (rate / median - 1) * 100
      // A rate of another order is a fault of the record and would flatten all others.
      return percent.isFinite && abs(percent) < 1e4 ? (percent, sample.positionInRun) : nil
    }
    return values.count > 2 ? values : nil
  }

  /// Symmetric ticks around the median.
  static func axis(_ deviations: [Double], title: String = "per cent of the cell's median") -> Axis? {
    guard let least = deviations.min(), let most = deviations.max() else { return nil }
    // Below a tenth of a per cent everything is called equal.
    let ends = (min(least, -0.1) * 1.05, max(most, 0.1) * 1.05)
    let ticks = Ticks.covering(ends.0, ends.1, count: 6)
    guard let first = ticks.first, let last = ticks.last, let scale = Scale.linear(first, last) else { return nil }
    return Axis(title: title, scale: scale, ticks: ticks.map { Axis.Tick($0, signed($0)) }, isNumeric: true)
  }

  private static func name(of view: CellView, in run: RunView) -> String {
    let cell = view.cell
    let parts = [cell.model?.name ?? "machine", run.kernels.id(of: view), "×\(cell.threads)", cell.phase.label]
    return parts.compactMap(\.self).joined(separator: " · ")
  }

  private static func marks(of row: Row, row index: Int, in run: RunView) -> [Mark] {
    let style = run.kernels.id(of: row.view).map(run.kernels.style) ?? SeriesStyle(colour: 6)
    return row.deviations.enumerated().map { number, percent in
      .point(
        Mark.Point(
          x: percent, y: Double(index), series: style, isSmall: true,
          hint: "repetition \(number + 1): \(signed(percent)) %"))
    }
  }

  /// "+1.2", "−0.4", "0".
  private static func signed(_ value: Double) -> String {
    guard abs(value) >= 0.005 else { return "0" }
    return (value > 0 ? "+" : "−") + Ticks.label((abs(value) * 100).rounded() / 100)
  }
}
