extension SVGRenderer {
  /// Defines the textures that the chart uses, under ids that begin with the chart's.
  static func drawTextures(of chart: Chart, id: String, into svg: inout SVGBuilder) {
    let marks = (chart.panels + chart.insets.map(\.panel)).flatMap(\.marks)
    let boxes = Set(marks.compactMap(\.box) + chart.legend.map(\.series))
    let used = Set(boxes.map(\.texture))
    let textures = SeriesStyle.Texture.ofMeasured.filter { $0 != .plain && used.contains($0) }
    let hatched = Set(boxes.filter { $0.texture == .hatched }.map(\.colour)).sorted()
    guard !textures.isEmpty || !hatched.isEmpty else { return }
    svg.element("defs", [:]) { svg in
      for texture in textures {
        svg.element(
          "pattern",
          ["id": "\(id)-\(texture.rawValue)", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"]
        ) { $0.element("path", ["class": "texture", "d": "\(strokes(of: texture))"]) }
      }
      for colour in hatched { drawHatching(colour: colour, id: id, into: &svg) }
    }
  }

  /// Hatching is drawn in the series' own colour on the surface, so that it reads as the lighter twin of its bar.
  private static func drawHatching(colour: Int, id: String, into svg: inout SVGBuilder) {
    svg.element(
      "pattern", ["id": "\(id)-hatched-\(colour)", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"]
    ) { svg in
      svg.element("rect", ["class": "surface", "width": "6", "height": "6"])
      svg.element("path", ["class": "hatch s\(colour)", "d": "M-1.5 1.5l3-3M-1.5 7.5l9-9M4.5 7.5l3-3"])
    }
  }

  private static func strokes(of texture: SeriesStyle.Texture) -> String {
    switch texture {
    case .plain, .hatched: ""
    case .dots: "M2.5 3h1M5.5 0h1M5.5 6h1M-0.5 0h1M-0.5 6h1"
    case .lines: "M0 3h6"
    case .crosses: "M3 1.5v3M1.5 3h3"
    }
  }
}
