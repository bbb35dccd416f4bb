extension SVGRenderer {
  /// A filled box with its series' texture over it.
  static func drawBox(
    x: Double, y: Double, width: Double, height: Double, series: SeriesStyle, chart: String, hint: String?,
    into svg: inout SVGBuilder
  ) {
    let box: (SVGBuilder.Value, SVGBuilder.Value, SVGBuilder.Value, SVGBuilder.Value) =
      (.number(x), .number(y), .number(width), .number(height))
    if series.texture == .hatched {
      svg.shape(
        "rect",
        [
          "class": "hatched s\(series.colour)", "fill": "url(#\(chart)-hatched-\(series.colour))", "x": box.0,
          "y": box.1, "width": box.2, "height": box.3,
        ], hint: hint)
      return
    }
    svg.shape(
      "rect", ["class": "f\(series.colour)", "x": box.0, "y": box.1, "width": box.2, "height": box.3], hint: hint)
    guard series.texture != .plain else { return }
    svg.element(
      "rect",
      [
        "fill": "url(#\(chart)-\(series.texture.rawValue))", "x": box.0, "y": box.1, "width": box.2, "height": box.3,
        "pointer-events": "none",
      ])
  }

  /// A line through points, broken as its series says.
  static func drawPath(_ points: [(Double, Double)], series: SeriesStyle, into svg: inout SVGBuilder) {
    let dash: SVGBuilder.Value =
      switch series.dash {
      case .solid: "none"
      case .dashed: "7 4"
      case .dotted: "1.5 4.5"
      case .dashDotted: "7 4 1.5 4"
      }
    svg.element(
      "path", ["class": "line s\(series.colour)", "stroke-dasharray": dash, "d": "\(path(points))"])
  }

  /// The sign of a series on a point, about 8 pixels wide.
  static func drawMarker(
    x: Double, y: Double, series: SeriesStyle, isHollow: Bool, hint: String?, into svg: inout SVGBuilder
  ) {
    let style: SVGBuilder.Value = isHollow ? "hollow s\(series.colour)" : "marker f\(series.colour)"
    switch series.marker {
    case .circle:
      svg.shape("circle", ["class": style, "cx": .number(x), "cy": .number(y), "r": "4.5"], hint: hint)
    case .square:
      svg.shape(
        "rect", ["class": style, "x": .number(x - 4), "y": .number(y - 4), "width": "8", "height": "8"], hint: hint)
    case .triangle:
      let corners = [(x, y - 5), (x + 5, y + 4), (x - 5, y + 4)]
      svg.shape("path", ["class": style, "d": "\(path(corners))Z"], hint: hint)
    case .diamond:
      let corners = [(x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y)]
      svg.shape("path", ["class": style, "d": "\(path(corners))Z"], hint: hint)
    }
  }

  /// Path data through points.
  static func path(_ points: [(Double, Double)]) -> String {
    points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(SVGBuilder.decimal(point.0)) \(SVGBuilder.decimal(point.1))"
    }.joined()
  }
}

extension Mark {
  /// The style of the box that the mark draws, if it draws one.
  var box: SeriesStyle? {
    switch self {
    case .bar(let bar): bar.series
    case .span(let span): span.series
    case .line, .point, .rule, .region, .label, .absent, .gain: nil
    }
  }
}
