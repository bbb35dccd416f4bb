extension SVGRenderer {
  /// Draws the key in rows above the panels and returns where it ends.
  static func drawLegend(_ chart: Chart, into svg: inout SVGBuilder) -> Double {
    guard !chart.legend.isEmpty else { return 0 }
    var x = 0.0
    var row = 0.0
    for entry in chart.legend {
      // The gap also holds what a viewer's font is wider than the measured one.
      let width = 20 + TextMetrics.width(entry.label, size: Theme.size(.seriesName)) * 1.04 + 20
      if x > 0, x + width > chart.size.width {
        x = 0
        row += 1
      }
      let middle = row * rowHeight + rowHeight / 2
      drawSwatch(entry, x: x, y: middle, chart: identifier(chart.id), into: &svg)
      svg.element(
        "text", ["class": "series-name", "x": .number(x + 20), "y": .number(middle + 4)], text: entry.label)
      x += width
    }
    return (row + 1) * rowHeight + 8
  }

  private static let rowHeight = 20.0

  private static func drawSwatch(
    _ entry: LegendEntry, x: Double, y: Double, chart: String, into svg: inout SVGBuilder
  ) {
    switch entry.swatch {
    case .bar:
      drawBox(x: x, y: y - 6, width: 13, height: 12, series: entry.series, chart: chart, hint: nil, into: &svg)
    case .line:
      drawPath([(x, y), (x + 15, y)], series: entry.series, into: &svg)
      drawMarker(x: x + 7.5, y: y, series: entry.series, isHollow: false, hint: nil, into: &svg)
    case .stroke: drawPath([(x, y), (x + 15, y)], series: entry.series, into: &svg)
    case .point, .hollowPoint:
      let isHollow = entry.swatch == .hollowPoint
      drawMarker(x: x + 7.5, y: y, series: entry.series, isHollow: isHollow, hint: nil, into: &svg)
    case .region:
      svg.element(
        "rect", ["class": "region", "x": .number(x), "y": .number(y - 5), "width": "14", "height": "10"])
      for edge in [y - 5, y + 5] {
        svg.element("path", ["class": "rule", "stroke-dasharray": "4 3", "d": "\(path([(x, edge), (x + 14, edge)]))"])
      }
    }
  }
}
