import Foundation
import FoundationXML
import Testing

@testable import Charts

@Suite struct SVGRendererTests {
  @Test("every kind of chart is drawn as before")
  func goldens() throws {
    func lines(_ chart: Chart, _ container: SVGRenderer.Container) -> String {
      SVGRenderer(for: container).render(chart).replacingOccurrences(of: "><", with: ">\n<") + "\n"
    }
    for chart in try Examples.all() { try Golden.expect(lines(chart, .page), equals: "\(chart.id).svg") }
    try Golden.expect(lines(try Examples.bars(models: 3), .file), equals: "bars-file.svg")
    try Golden.expect(lines(try Examples.company(), .file), equals: "company-file.svg")
  }

  @Test("the drawing is well-formed XML, in a page and in a file")
  func wellFormed() throws {
    for container in [SVGRenderer.Container.page, .file] {
      for chart in try Examples.all() {
        let parser = XMLParser(data: Data(SVGRenderer(for: container).render(chart).utf8))
        #expect(parser.parse(), "\(chart.id): \(String(describing: parser.parserError))")
      }
    }
  }

  @Test("a screen reader hears the title and the description")
  func accessible() throws {
    let svg = SVGRenderer(for: .page).render(try Examples.bars(models: 3))
    #expect(svg.contains("role=\"img\" aria-labelledby=\"bars-title bars-desc\""))
    #expect(svg.contains("<title id=\"bars-title\">Bars &amp; labels</title>"))
    #expect(svg.contains("<desc id=\"bars-desc\">Grouped bars &lt;of&gt; speed.</desc>"))
  }

  @Test("values without a place are left out, and no coordinate is ever not a number")
  func notFinite() throws {
    let bad: [Double] = [.nan, .infinity, -.infinity, 0, -1, 1e308]
    let axis = try #require(Axis.logarithmic(title: nil, covering: [1, 10]))
    let marks: [Mark] = bad.flatMap { value in
      [
        .bar(Mark.Bar(x: 0...1, y: value, series: .baseline, labels: ["x"])),
        .line(Mark.Line(vertices: [Mark.Vertex(x: value, y: value), Mark.Vertex(x: 1, y: 1)], series: .baseline)),
        .point(Mark.Point(x: value, y: value, series: .baseline)),
        .label(Mark.Label(x: value, y: 1, text: "label")), .rule(Mark.Rule(along: .y, value: value)),
      ]
    }
    let chart = Chart(
      id: "bad", title: "Bad", description: "Bad.", size: Size(width: 100, height: 100),
      panels: [Panel(x: axis, y: axis, marks: marks)], table: Examples.table)
    let svg = SVGRenderer(for: .page).render(chart)
    #expect(!svg.lowercased().contains("nan"))
    #expect(!svg.lowercased().contains("inf"))
  }

  @Test("a file says where its numbers come from, and a page does not repeat it")
  func provenance() throws {
    let chart = try Examples.company()
    #expect(SVGRenderer(for: .file).render(chart).contains("record 1"))
    #expect(!SVGRenderer(for: .page).render(chart).contains("record 1"))
  }

  @Test("published bars are hatched in their own colour, and only they")
  func hatching() throws {
    let svg = SVGRenderer(for: .page).render(try Examples.company())
    #expect(svg.contains("id=\"company-hatched-1\""))
    #expect(svg.contains("fill=\"url(#company-hatched-1)\""))
    #expect(!SVGRenderer(for: .page).render(try Examples.bars(models: 3)).contains("hatched"))
    #expect((0..<24).allSatisfy { SeriesStyle.numbered($0).texture != .hatched })
  }

  @Test("an interval that runs off a logarithmic axis is drawn to its edge")
  func clampedInterval() throws {
    let y = try #require(Axis.logarithmic(title: nil, covering: [1, 10]))
    let bar = Mark.Bar(x: -0.4...0.4, y: 5, interval: -2...12, series: .baseline)
    let chart = Chart(
      id: "off", title: "Off", description: "Off.", size: Size(width: 100, height: 100),
      panels: [Panel(x: .bands(["a"]), y: y, marks: [.bar(bar)])], table: Examples.table)
    #expect(SVGRenderer(for: .page).render(chart).contains("class=\"error\""))
  }

  @Test("labels lie level over wide bars and stand upright over narrow ones")
  func labelOrientation() throws {
    #expect(!SVGRenderer(for: .page).render(try Examples.bars(models: 3)).contains("rotate(-90)"))
    #expect(SVGRenderer(for: .page).render(try Examples.bars(models: 14)).contains("rotate(-90)"))
  }

  @Test("labels of the highest bar stay inside the drawing", arguments: [3, 14])
  func headroom(models: Int) throws {
    let chart = try Examples.bars(models: models, labels: ["1234567", "123.45×"])
    let layout = PanelLayout(chart.panels[0], in: .init(left: 0, top: 0, width: 360, height: 200))
    for case .bar(let bar) in chart.panels[0].marks {
      let top = try #require(layout.y(bar.interval?.upperBound ?? bar.y))
      #expect(top - PanelLayout.labelExtent(bar, rotated: layout.areBarLabelsRotated) >= 0)
    }
  }

  @Test("ids hold only what an id may hold, and begin with the chart's")
  func identifiers() throws {
    var chart = try Examples.bars(models: 3)
    chart.id = "a b\"<é>/x"
    let svg = SVGRenderer(for: .page).render(chart)
    #expect(svg.contains("<title id=\"a-b-----x-title\">"))
  }

  @Test("a chart without panels is an empty drawing, not a crash")
  func empty() {
    let chart = Chart(
      id: "e", title: "", description: "", size: Size(width: 0, height: 0), panels: [], columns: 0,
      table: ChartTable(columns: [], rows: []))
    #expect(SVGRenderer(for: .page).render(chart).hasSuffix("</svg>"))
  }

  @Test("a file carries its own colours for light and dark, and fetches nothing")
  func file() throws {
    let svg = SVGRenderer(for: .file).render(try Examples.lines())
    #expect(svg.contains("@media (prefers-color-scheme:dark)"))
    #expect(!svg.contains("var(--"))
    #expect(svg.components(separatedBy: "http").count == 2, "only the namespace")
  }
}
