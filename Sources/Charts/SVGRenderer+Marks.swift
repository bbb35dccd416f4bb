extension SVGRenderer {
  /// Draws a mark; what lies behind the grid or on top of everything is drawn by the panel.
  static func draw(_ mark: Mark, _ layout: PanelLayout, chart: String, into svg: inout SVGBuilder) {
    switch mark {
    case .bar(let bar): drawBar(bar, layout, chart: chart, into: &svg)
    case .span(let span): drawSpan(span, layout, chart: chart, into: &svg)
    case .line(let line): drawLine(line, layout, into: &svg)
    case .point(let point): drawPoint(point, layout, into: &svg)
    case .label(let label): drawLabel(label, layout, into: &svg)
    case .rule, .region, .absent, .gain: break
    }
  }

  // MARK: Bars

  private static func drawBar(_ bar: Mark.Bar, _ layout: PanelLayout, chart: String, into svg: inout SVGBuilder) {
    guard let left = layout.x(bar.x.lowerBound), let right = layout.x(bar.x.upperBound), let top = layout.y(bar.y)
    else { return }
    // A bar too short to be seen is still there: one pixel.
    let height = max(layout.plot.bottom - top, 1)
    drawBox(
      x: left, y: layout.plot.bottom - height, width: right - left, height: height, series: bar.series, chart: chart,
      hint: bar.hint, into: &svg)
    guard let interval = bar.interval, let low = layout.clampedY(interval.lowerBound),
      let high = layout.clampedY(interval.upperBound)
    else { return }
    let middle = (left + right) / 2
    let cap = min(4, (right - left) / 4)
    drawError(from: (middle, low), to: (middle, high), cap: (cap, 0), into: &svg)
  }

  /// A thin line between the ends of an interval, with caps; left out where it would be a dot.
  private static func drawError(
    from first: (x: Double, y: Double), to second: (x: Double, y: Double), cap: (x: Double, y: Double),
    into svg: inout SVGBuilder
  ) {
    guard abs(first.x - second.x) + abs(first.y - second.y) >= 2 else { return }
    let caps = [first, second].map { path([($0.x - cap.x, $0.y - cap.y), ($0.x + cap.x, $0.y + cap.y)]) }
    svg.element("path", ["class": "error", "d": "\(path([first, second]))\(caps.joined())"])
  }

  /// Labels stand over the bar and its interval; upright where they are wider than the bar.
  static func drawBarLabels(_ bar: Mark.Bar, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    guard let left = layout.x(bar.x.lowerBound), let right = layout.x(bar.x.upperBound),
      let top = layout.y(max(bar.y, bar.interval?.upperBound ?? bar.y)), !bar.labels.isEmpty
    else { return }
    let middle = (left + right) / 2
    if layout.areBarLabelsRotated {
      let place = "translate(\(SVGBuilder.decimal(middle + 4)) \(SVGBuilder.decimal(top - 5))) rotate(-90)"
      svg.element("text", ["class": "value halo", "transform": "\(place)"]) { svg in
        for (index, label) in bar.labels.enumerated() {
          let style: SVGBuilder.Value = index == 0 ? "value" : "note"
          svg.element("tspan", ["class": style, "dx": .number(index == 0 ? 0 : 5)], text: label)
        }
      }
      return
    }
    for (index, label) in bar.labels.enumerated() {
      let y = top - 5 - Double(bar.labels.count - 1 - index) * 13
      svg.element(
        "text",
        [
          "class": index == 0 ? "value halo" : "note halo", "x": .number(middle), "y": .number(y),
          "text-anchor": "middle",
        ], text: label)
    }
  }

  static func drawAbsent(_ absent: Mark.Absent, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    guard let left = layout.x(absent.x.lowerBound), let right = layout.x(absent.x.upperBound) else { return }
    let middle = (left + right) / 2
    let isWide = TextMetrics.width(absent.text, size: Theme.size(.note)) <= right - left
    let x = SVGBuilder.decimal(middle + (isWide ? 0 : 4))
    let place = "translate(\(x) \(SVGBuilder.decimal(layout.plot.bottom - 6)))"
    svg.element(
      "text",
      [
        "class": "note halo", "transform": "\(place)\(isWide ? "" : " rotate(-90)")",
        "text-anchor": isWide ? "middle" : "start",
      ]
    ) { svg in
      svg.raw(SVGBuilder.escaped(absent.text))
      if let hint = absent.hint { svg.element("title", [:], text: hint) }
    }
  }

  private static func drawSpan(_ span: Mark.Span, _ layout: PanelLayout, chart: String, into svg: inout SVGBuilder) {
    guard let left = layout.x(span.x.lowerBound), let right = layout.x(span.x.upperBound),
      let first = layout.y(span.y.lowerBound), let second = layout.y(span.y.upperBound)
    else { return }
    drawBox(
      x: left, y: min(first, second), width: max(right - left, 1), height: abs(first - second), series: span.series,
      chart: chart, hint: span.hint, into: &svg)
    let room = right - left - 6
    if let label = span.labels.first(where: { TextMetrics.width($0, size: Theme.size(.value)) <= room }) {
      svg.element(
        "text",
        [
          "class": "value halo", "x": .number((left + right) / 2), "y": .number((first + second) / 2 + 4),
          "text-anchor": "middle", "pointer-events": "none",
        ], text: label)
    }
    guard let interval = span.interval, let low = layout.clampedX(interval.lowerBound),
      let high = layout.clampedX(interval.upperBound)
    else { return }
    let middle = (first + second) / 2
    drawError(from: (low, middle), to: (high, middle), cap: (0, 4), into: &svg)
  }

  // MARK: Lines and points

  private static func drawLine(_ line: Mark.Line, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    let placed = line.vertices.compactMap { vertex -> (x: Double, y: Double, vertex: Mark.Vertex)? in
      guard let x = layout.x(vertex.x), let y = layout.y(vertex.y) else { return nil }
      return (x, y, vertex)
    }
    drawInterval(of: line, layout, into: &svg)
    if placed.count > 1 { drawPath(placed.map { ($0.x, $0.y) }, series: line.series, into: &svg) }
    // Without markers a line is of many points, whose whiskers would cover the surface that joins them.
    guard line.hasMarkers else { return }
    for (x, y, vertex) in placed {
      if let interval = vertex.interval, let low = layout.clampedY(interval.lowerBound),
        let high = layout.clampedY(interval.upperBound)
      {
        svg.element("path", ["class": "whisker s\(line.series.colour)", "d": "\(path([(x, low), (x, high)]))"])
      }
      drawMarker(x: x, y: y, series: line.series, isHollow: line.isHollow, hint: vertex.hint, into: &svg)
    }
  }

  /// The intervals of neighbouring points, joined to one surface.
  private static func drawInterval(of line: Mark.Line, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    let edges = line.vertices.compactMap { vertex -> (x: Double, low: Double, high: Double)? in
      guard let interval = vertex.interval, let x = layout.x(vertex.x), let low = layout.clampedY(interval.lowerBound),
        let high = layout.clampedY(interval.upperBound)
      else { return nil }
      return (x, low, high)
    }
    guard edges.count > 1 else { return }
    let outline = edges.map { ($0.x, $0.high) } + edges.reversed().map { ($0.x, $0.low) }
    svg.element("path", ["class": "interval f\(line.series.colour)", "d": "\(path(outline))Z"])
  }

  private static func drawLabel(_ label: Mark.Label, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    guard let x = layout.x(label.x), let y = layout.y(label.y) else { return }
    let offset: (x: Double, y: Double) =
      switch label.side {
      case .right: (9, 4)
      case .left: (-9, 4)
      case .aboveRight: (-5, -8)
      case .aboveLeft: (5, -8)
      }
    let runsRight = label.side == .right || label.side == .aboveRight
    svg.element(
      "text",
      [
        "class": "value halo", "x": .number(x + offset.x), "y": .number(y + offset.y),
        "text-anchor": runsRight ? "start" : "end",
      ], text: label.text)
  }

  // MARK: Across the panel

  static func drawRegion(_ region: Mark.Region, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    guard let low = layout.y(region.y.lowerBound), let high = layout.y(region.y.upperBound) else { return }
    let top = max(high, layout.plot.top)
    let bottom = min(low, layout.plot.bottom)
    guard bottom > top else { return }
    svg.element(
      "rect",
      [
        "class": "region", "x": .number(layout.plot.left), "y": .number(top), "width": .number(layout.plot.width),
        "height": .number(bottom - top),
      ])
  }

  static func drawRule(_ rule: Mark.Rule, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    let plot = layout.plot
    let ends: [(Double, Double)]
    switch rule.along {
    case .x:
      guard let x = layout.x(rule.value), x >= plot.left - 0.5, x <= plot.right + 0.5 else { return }
      ends = [(x, plot.top), (x, plot.bottom)]
    case .y:
      guard let y = layout.y(rule.value), y >= plot.top - 0.5, y <= plot.bottom + 0.5 else { return }
      ends = [(plot.left, y), (plot.right, y)]
    }
    let dash: SVGBuilder.Value = rule.isDashed ? "4 3" : "none"
    svg.element("path", ["class": "rule", "stroke-dasharray": dash, "d": "\(path(ends))"])
    guard let label = rule.label, let end = ends.first else { return }
    switch rule.along {
    case .x:
      svg.element(
        "text",
        ["class": "note halo", "x": .number(end.0), "y": .number(end.1 - 5), "text-anchor": "middle"], text: label)
    case .y:
      let lines = layout.panel.marks.map { mark -> [(x: Double, y: Double)] in
        guard case .line(let line) = mark else { return [] }
        return line.vertices.compactMap { vertex in
          guard let x = layout.x(vertex.x), let y = layout.y(vertex.y) else { return nil }
          return (x, y)
        }
      }
      let size = Theme.size(.note)
      let place = LabelLayout.place(
        width: TextMetrics.width(label, size: size), height: size, along: end.1, avoiding: lines, within: plot)
      svg.element(
        "text", ["class": "note halo", "x": .number(place.x), "y": .number(place.y), "text-anchor": "end"],
        text: label)
    }
  }
}
