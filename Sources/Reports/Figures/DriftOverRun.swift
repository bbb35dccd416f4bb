import Charts
import Records
import Statistics

/// Repetitions over their place in the run: a machine that warms up, throttles or gets company shows as a slope or a
/// step that all cells share.
enum DriftOverRun {
  /// More dots than these make the page heavy and say no more.
  private static let mostDots = 800
  /// Enough dots for a median in each, few enough to be a line.
  private static let mostParts = 16
  /// A median of fewer dots is one of them.
  private static let leastDots = 6

  static func draw(_ run: RunView) -> [Figures.Drawing] {
    if let figure = figure(of: run) { return [.figure(figure)] }
    return [.missing("Drift over the run", because: "fewer than \(3 * leastDots) repetitions show none")]
  }

  static func figure(of run: RunView) -> Figure? {
    let dots = run.measured.flatMap { view -> [(position: Int, percent: Double, style: SeriesStyle, id: String)] in
      let style = run.kernels.id(of: view).map(run.kernels.style) ?? SeriesStyle(colour: 6)
      return (Repetitions.deviations(of: view) ?? []).map { ($0.position, $0.percent, style, view.cell.id) }
    }.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    guard let first = dots.first?.position, let last = dots.last?.position, last > first,
      dots.count >= 3 * leastDots,
      let scale = Scale.linear(Double(first), Double(last)),
      let y = Repetitions.axis(dots.map(\.percent), title: "per cent of the cell's median")
    else { return nil }
    let step = max(1, (dots.count + mostDots - 1) / mostDots)
    let shown = dots.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    let parts = min(mostParts, dots.count / leastDots)
    let medians = medians(
      of: dots.map { (Double($0.position), $0.percent) }, from: Double(first), to: Double(last), parts: parts)
    let ticks = Ticks.covering(Double(first), Double(last), count: 8).filter {
      $0 >= Double(first) && $0 <= Double(last) && $0 == $0.rounded()
    }
    let chart = Chart(
      id: "drift-over-run", title: "Drift over the run",
      description: "Dots of \(Format.count(dots.count, "repetition")) over their place in the run, with a line of "
        + "medians, which lies between \(Format.significant(medians.map(\.y).min() ?? 0)) and "
        + "\(Format.significant(medians.map(\.y).max() ?? 0)) per cent.",
      size: Size(width: 720, height: 260),
      panels: [
        Panel(
          x: Axis(
            title: "place in the run", scale: scale, ticks: ticks.map { Axis.Tick($0, Ticks.label($0)) },
            isNumeric: true), y: y,
          marks: shown.map { dot in
            .point(
              Mark.Point(
                x: Double(dot.position), y: dot.percent, series: dot.style, isSmall: true,
                hint: "\(dot.id), place \(dot.position)"))
          } + [.line(Mark.Line(vertices: medians, series: SeriesStyle(colour: 0), hasMarkers: false))])
      ],
      table: ChartTable(
        columns: [
          .init("Place in the run", isNumeric: true), .init("Median, % of the cell's median", isNumeric: true),
        ],
        rows: medians.map { [String(Int($0.x)), Format.significant($0.y)] }))
    return Figure(
      chart: chart,
      caption: "One dot is one repetition; the line is the median of each \(Format.count(parts, "part")) of the run. "
        + "A line that leaves zero is a machine that changed while it was measured."
        + (step > 1 ? " One dot in \(step) is drawn; the line is of all." : ""))
  }

  /// The medians of equal parts of the run, at the middle of each.
  private static func medians(
    of points: [(x: Double, y: Double)], from first: Double, to last: Double, parts: Int
  ) -> [Mark.Vertex] {
    let width = (last - first) / Double(parts)
    let groups = Dictionary(grouping: points) { min(Int(($0.x - first) / width), parts - 1) }
    return groups.keys.sorted().compactMap { bin in
      groups[bin].flatMap { $0.map(\.y).median }.map { Mark.Vertex(x: first + (Double(bin) + 0.5) * width, y: $0) }
    }
  }
}
