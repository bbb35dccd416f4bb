extension SVGRenderer {
  /// A filled box with its series' texture over it.
  static func drawBox(
    x: Double, y: Double, width: Double, height: Double, series: SeriesStyle, chart: String, hint: String?,
    into svg: inout SVGBuilder
  ) {
    let box: (SVGBuilder.Value, SVGBuilder.Value, SVGBuilder.Value, SVGBuilder.Value) =
      (.number(x), .number(y), .number(width), .number(height))
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

  /// Defines the textures that the chart uses, under ids that begin with the chart's.
  static func drawTextures(of chart: Chart, id: String, into svg: inout SVGBuilder) {
    let used = Set(chart.panels.flatMap(\.marks).compactMap(\.texture) + chart.legend.map(\.series.texture))
    let textures = SeriesStyle.Texture.allCases.filter { $0 != .plain && used.contains($0) }
    guard !textures.isEmpty else { return }
    svg.element("defs", [:]) { svg in
      for texture in textures {
        svg.element(
          "pattern",
          ["id": "\(id)-\(texture.rawValue)", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"]
        ) { $0.element("path", ["class": "texture", "d": "\(strokes(of: texture))"]) }
      }
    }
  }

  private static func strokes(of texture: SeriesStyle.Texture) -> String {
    switch texture {
    case .plain: ""
    case .dots: "M2.5 3h1M5.5 0h1M5.5 6h1M-0.5 0h1M-0.5 6h1"
    case .lines: "M0 3h6"
    case .crosses: "M3 1.5v3M1.5 3h3"
    }
  }
}

extension Mark {
  /// The texture of the box that the mark draws, if it draws one.
  var texture: SeriesStyle.Texture? {
    switch self {
    case .bar(let bar): bar.series.texture
    case .span(let span): span.series.texture
    case .line, .point, .rule, .region, .label, .absent: nil
    }
  }
}
