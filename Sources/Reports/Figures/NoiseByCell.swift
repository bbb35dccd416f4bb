import Charts
import Records

/// How much repetitions of one cell differ: a histogram of the coefficient of variation.
enum NoiseByCell {
  /// Classes of the histogram, in per cent; the steps are those at which a reader's trust changes: below 1 % small
  /// differences can be seen, above 10 % only large ones.
  private static let edges = [0, 0.5, 1, 2, 5, 10]

  /// `nil` where no cell has two repetitions.
  static func figure(of run: RunView) -> Figure? {
    let variations = run.measured.compactMap(\.variation).map { $0 * 100 }
    let counts = edges.indices.map { index in variations.filter { isIn(index, $0) }.count }
    guard !variations.isEmpty, let y = Axis.linear(title: "cells", covering: counts.map(Double.init), ticks: 3) else {
      return nil
    }
    let names = edges.indices.map(name)
    let chart = Chart(
      id: "noise-by-cell", title: "Variation between repetitions",
      description: "Histogram of the coefficient of variation of \(Format.count(variations.count, "cell")): "
        + zip(names, counts).map { "\($0) %: \($1)" }.joined(separator: "; ") + ".",
      size: Size(width: 440, height: 190),
      panels: [
        Panel(
          x: .bands(title: "coefficient of variation, %", names), y: wholeNumbers(y),
          marks: counts.enumerated().filter { $0.element > 0 }.map { index, count in
            .bar(
              Mark.Bar(
                x: Double(index) - 0.42...Double(index) + 0.42, y: Double(count), series: SeriesStyle(colour: 1),
                labels: [String(count)]))
          })
      ],
      table: ChartTable(
        columns: [.init("Coefficient of variation, %"), .init("Cells", isNumeric: true)],
        rows: zip(names, counts).map { [$0, String($1)] }))
    return Figure(
      chart: chart,
      caption: "Coefficient of variation of the repetitions of each cell: standard deviation over mean.")
  }

  private static func isIn(_ index: Int, _ value: Double) -> Bool {
    value >= edges[index] && (index + 1 == edges.count || value < edges[index + 1])
  }

  private static func name(of index: Int) -> String {
    guard index + 1 < edges.count else { return "≥ \(Format.significant(edges[index], digits: 2))" }
    return "\(text(edges[index]))–\(text(edges[index + 1]))"
  }

  private static func text(_ edge: Double) -> String {
    edge == edge.rounded() ? String(Int(edge)) : String(edge)
  }

  /// Half a cell does not exist.
  private static func wholeNumbers(_ axis: Axis) -> Axis {
    var axis = axis
    axis.ticks.removeAll { $0.value != $0.value.rounded() }
    return axis
  }
}
