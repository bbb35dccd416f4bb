/// Turns a chart into SVG: the same text for the same chart, on every machine.
///
/// The drawing has `role="img"` with a title and a description. Values that have no place on their axis are left out,
/// so no coordinate is ever written that is not a finite number.
public struct SVGRenderer: Sendable {
  /// Where the SVG will live.
  public enum Container: Sendable, Equatable {
    /// In an HTML page that includes `Theme.pageStyleSheet`.
    case page
    /// In a file of its own, which then carries its colours and a background.
    case file
  }

  /// Where the SVG will live.
  public let container: Container

  /// Makes a renderer.
  public init(for container: Container) {
    self.container = container
  }

  /// Renders one chart.
  public func render(_ chart: Chart) -> String {
    var svg = SVGBuilder()
    let id = Self.identifier(chart.id)
    svg.element("svg", attributes(of: chart, id: id)) { svg in
      svg.element("title", ["id": "\(id)-title"], text: chart.title)
      svg.element("desc", ["id": "\(id)-desc"], text: chart.description)
      if container == .file {
        svg.element("style", [:]) { $0.raw(Theme.fileStyleSheet) }
        drawBackground(of: chart, into: &svg)
      }
      Self.drawTextures(of: chart, id: id, into: &svg)
      let top = Self.drawLegend(chart, into: &svg)
      let layouts = zip(chart.panels, Self.frames(of: chart, below: top)).map { PanelLayout($0, in: $1) }
      for layout in layouts { Self.draw(layout, id: id, into: &svg) }
      if let first = layouts.first {
        for inset in chart.insets { Self.draw(inset, in: first.plot, id: id, into: &svg) }
      }
      if container == .file { drawProvenance(of: chart, into: &svg) }
    }
    return svg.text
  }

  /// A file is looked at against any background, so it brings its own, with a margin.
  private var margin: Double { container == .file ? 16 : 0 }

  private func drawBackground(of chart: Chart, into svg: inout SVGBuilder) {
    svg.element(
      "rect",
      [
        "class": "surface", "x": .number(-margin), "y": .number(-margin),
        "width": .number(chart.size.width + 2 * margin),
        "height": .number(chart.size.height + footHeight(of: chart) + 2 * margin),
      ])
  }

  // MARK: Provenance

  /// A file leaves its page behind, so it says itself where its numbers come from.
  private func drawProvenance(of chart: Chart, into svg: inout SVGBuilder) {
    for (index, line) in Self.footLines(of: chart).enumerated() {
      let y = chart.size.height + 22 + Double(index) * PanelLayout.lineHeight
      svg.element("text", ["class": "note", "x": "0", "y": .number(y)], text: line)
    }
  }

  private static func footLines(of chart: Chart) -> [String] {
    chart.provenance.flatMap { LabelLayout.lines($0, width: chart.size.width, size: Theme.size(.note)) }
  }

  private func footHeight(of chart: Chart) -> Double {
    let lines = container == .file ? Self.footLines(of: chart).count : 0
    return lines == 0 ? 0 : 14 + Double(lines) * PanelLayout.lineHeight
  }

  /// A panel inside the plot of another, on a ground of its own.
  private static func draw(_ inset: Inset, in plot: PanelLayout.Frame, id: String, into svg: inout SVGBuilder) {
    let frame = PanelLayout.Frame(
      left: plot.left + inset.x.lowerBound * plot.width, top: plot.top + inset.y.lowerBound * plot.height,
      width: (inset.x.upperBound - inset.x.lowerBound) * plot.width,
      height: (inset.y.upperBound - inset.y.lowerBound) * plot.height)
    svg.element(
      "rect",
      [
        "class": "inset", "x": .number(frame.left), "y": .number(frame.top), "width": .number(frame.width),
        "height": .number(frame.height), "rx": "3",
      ])
    let inner = PanelLayout.Frame(
      left: frame.left + 8, top: frame.top + 4, width: frame.width - 16, height: frame.height - 10)
    draw(PanelLayout(inset.panel, in: inner), id: id, into: &svg)
  }

  private func attributes(of chart: Chart, id: String) -> SVGBuilder.Attributes {
    let width = chart.size.width + 2 * margin
    let height = chart.size.height + footHeight(of: chart) + 2 * margin
    let box = [-margin, -margin, width, height].map(SVGBuilder.decimal).joined(separator: " ")
    return [
      "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "role": "img",
      "aria-labelledby": "\(id)-title \(id)-desc",
      "viewBox": "\(box)", "width": .number(width), "height": .number(height),
    ]
  }

  /// Letters, digits and hyphens survive, so that ids are valid everywhere.
  static func identifier(_ text: String) -> String {
    String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  /// Equal rectangles, row by row, in what the key leaves.
  private static func frames(of chart: Chart, below top: Double) -> [PanelLayout.Frame] {
    let gap = 28.0
    let columns = Double(chart.columns)
    let rows = Double((chart.panels.count + chart.columns - 1) / chart.columns)
    let width = (chart.size.width - gap * (columns - 1)) / columns
    let height = (chart.size.height - top - gap * (rows - 1)) / max(rows, 1)
    return chart.panels.indices.map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: chart.columns)
      return PanelLayout.Frame(
        left: Double(column) * (width + gap), top: top + Double(row) * (height + gap), width: width, height: height)
    }
  }
}
