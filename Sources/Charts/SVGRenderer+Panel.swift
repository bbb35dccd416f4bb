extension SVGRenderer {
  /// Draws one panel: grid, what lies behind, axes, marks, and labels on top.
  static func draw(_ layout: PanelLayout, id: String, into svg: inout SVGBuilder) {
    drawTitles(layout, into: &svg)
    for case .region(let region) in layout.panel.marks { drawRegion(region, layout, into: &svg) }
    drawGrid(layout, into: &svg)
    for mark in layout.panel.marks { draw(mark, layout, chart: id, into: &svg) }
    drawAxes(layout, into: &svg)
    for case .rule(let rule) in layout.panel.marks { drawRule(rule, layout, into: &svg) }
    for case .bar(let bar) in layout.panel.marks { drawBarLabels(bar, layout, into: &svg) }
    for case .absent(let absent) in layout.panel.marks { drawAbsent(absent, layout, into: &svg) }
    for case .gain(let gain) in layout.panel.marks { drawGain(gain, layout, into: &svg) }
    drawLineNames(layout, into: &svg)
    drawPointNames(layout, into: &svg)
  }

  private static func drawTitles(_ layout: PanelLayout, into svg: inout SVGBuilder) {
    var baseline = layout.frame.top
    if let title = layout.panel.title {
      baseline += PanelLayout.titleHeight
      svg.element(
        "text", ["class": "panel-title", "x": .number(layout.frame.left), "y": .number(baseline - 8)], text: title)
    }
    if let title = layout.panel.y.title {
      baseline += PanelLayout.axisTitleHeight
      svg.element(
        "text", ["class": "axis-title", "x": .number(layout.frame.left), "y": .number(baseline - 8)], text: title)
    }
    if let title = layout.panel.x.title {
      svg.element(
        "text",
        [
          "class": "axis-title", "x": .number(layout.plot.left + layout.plot.width / 2),
          "y": .number(layout.frame.bottom - 4), "text-anchor": "middle",
        ], text: title)
    }
  }

  private static func drawGrid(_ layout: PanelLayout, into svg: inout SVGBuilder) {
    let plot = layout.plot
    if layout.panel.y.isNumeric {
      for tick in layout.panel.y.ticks {
        guard let y = layout.y(tick.value) else { continue }
        svg.element("path", ["class": "grid", "d": "\(path([(plot.left, y), (plot.right, y)]))"])
      }
    }
    // Upright grid lines are for panels whose quantity runs along x.
    if layout.panel.x.isNumeric, !layout.panel.y.isNumeric {
      for tick in layout.panel.x.ticks {
        guard let x = layout.x(tick.value) else { continue }
        svg.element("path", ["class": "grid", "d": "\(path([(x, plot.top), (x, plot.bottom)]))"])
      }
    }
  }

  private static func drawAxes(_ layout: PanelLayout, into svg: inout SVGBuilder) {
    let plot = layout.plot
    if layout.panel.y.isNumeric {
      svg.element("path", ["class": "axis", "d": "\(path([(plot.left, plot.bottom), (plot.right, plot.bottom)]))"])
    }
    drawXTicks(layout, into: &svg)
    for tick in layout.panel.y.ticks {
      guard let y = layout.y(tick.value) else { continue }
      svg.element(
        "text",
        [
          "class": "tick", "x": .number(plot.left - PanelLayout.tickGap), "y": .number(y + 4), "text-anchor": "end",
        ], text: tick.label)
    }
  }

  /// Ticks whose label would run into the one before are drawn without it.
  private static func drawXTicks(_ layout: PanelLayout, into svg: inout SVGBuilder) {
    var end = -Double.infinity
    for (tick, lines) in zip(layout.panel.x.ticks, layout.xLabels) {
      guard let x = layout.x(tick.value) else { continue }
      if layout.panel.x.isNumeric, layout.panel.y.isNumeric {
        svg.element("path", ["class": "axis", "d": "\(path([(x, layout.plot.bottom), (x, layout.plot.bottom + 4)]))"])
      }
      let width = lines.map { TextMetrics.width($0, size: Theme.size(.tick)) }.max() ?? 0
      guard x - width / 2 > end else { continue }
      end = x + width / 2 + 2
      for (index, line) in lines.enumerated() {
        let y = layout.plot.bottom + PanelLayout.tickGap + 10 + Double(index) * PanelLayout.lineHeight
        svg.element("text", ["class": "tick", "x": .number(x), "y": .number(y), "text-anchor": "middle"], text: line)
      }
    }
  }

  /// Names lines at their ends, moved apart where they would cover one another.
  private static func drawLineNames(_ layout: PanelLayout, into svg: inout SVGBuilder) {
    let ends = layout.panel.marks.compactMap { mark -> (label: String, x: Double, y: Double)? in
      guard case .line(let line) = mark, let label = line.label, let last = line.vertices.last,
        let x = layout.x(last.x), let y = layout.y(last.y)
      else { return nil }
      return (label, x, y)
    }
    let places = LabelLayout.spread(ends.map(\.y), gap: 15, within: layout.plot.top...layout.plot.bottom)
    for (end, y) in zip(ends, places) {
      svg.element(
        "text", ["class": "series-name halo", "x": .number(end.x + 9), "y": .number(y + 4)], text: end.label)
    }
  }
}
