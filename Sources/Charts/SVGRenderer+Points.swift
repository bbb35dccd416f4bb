extension SVGRenderer {
  static func drawPoint(_ point: Mark.Point, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    guard let x = layout.x(point.x), let y = layout.y(point.y) else { return }
    if let interval = point.interval, let low = layout.clampedX(interval.lowerBound),
      let high = layout.clampedX(interval.upperBound)
    {
      svg.element("path", ["class": "whisker s\(point.series.colour)", "d": "\(path([(low, y), (high, y)]))"])
    }
    if let interval = point.yInterval, let low = layout.clampedY(interval.lowerBound),
      let high = layout.clampedY(interval.upperBound)
    {
      svg.element("path", ["class": "whisker s\(point.series.colour)", "d": "\(path([(x, low), (x, high)]))"])
    }
    if point.isSmall {
      let style: SVGBuilder.Value = "dot f\(point.series.colour)"
      svg.shape("circle", ["class": style, "cx": .number(x), "cy": .number(y), "r": "2.6"], hint: point.hint)
    } else {
      drawMarker(x: x, y: y, series: point.series, isHollow: point.isHollow, hint: point.hint, into: &svg)
    }
  }

  /// Names points on whichever side is free of other names and of markers.
  static func drawPointNames(_ layout: PanelLayout, into svg: inout SVGBuilder) {
    let points = layout.panel.marks.compactMap { mark -> (label: String?, x: Double, y: Double)? in
      guard case .point(let point) = mark, let x = layout.x(point.x), let y = layout.y(point.y) else { return nil }
      return (point.label, x, y)
    }
    let named = points.indices.filter { points[$0].label != nil }
    guard !named.isEmpty else { return }
    let size = Theme.size(.seriesName)
    let places = LabelLayout.place(
      widths: named.map { TextMetrics.width(points[$0].label ?? "", size: size) },
      beside: named.map { (points[$0].x, points[$0].y) }, avoiding: points.map { ($0.x, $0.y) },
      and: layout.panel.marks.compactMap { labelFrame($0, layout) },
      within: layout.plot, height: size)
    for (index, place) in zip(named, places) {
      svg.element(
        "text",
        [
          "class": "series-name halo", "x": .number(place.anchor.x), "y": .number(place.anchor.y - 3),
          "text-anchor": .text(place.alignment.rawValue),
        ], text: points[index].label)
    }
  }

  /// An arrow from the value that is left to the one that is reached, its label above.
  static func drawGain(_ gain: Mark.Gain, _ layout: PanelLayout, into svg: inout SVGBuilder) {
    guard let x = layout.x(gain.x), let from = layout.y(gain.from), let to = layout.y(gain.to),
      abs(from - to) >= 6
    else { return }
    let wing = to > from ? -6.0 : 6.0
    let head = path([(x - 4.5, to + wing), (x, to), (x + 4.5, to + wing)])
    svg.element("path", ["class": "gain", "d": "\(path([(x, from), (x, to)]))\(head)"])
    svg.element(
      "text",
      ["class": "gain-text halo", "x": .number(x), "y": .number(min(from, to) - 5), "text-anchor": "middle"],
      text: gain.label)
  }

  /// The room that a label takes to the right of its place; others stand above marks of their own.
  private static func labelFrame(_ mark: Mark, _ layout: PanelLayout) -> PanelLayout.Frame? {
    guard case .label(let label) = mark, label.side == .right, let x = layout.x(label.x), let y = layout.y(label.y)
    else { return nil }
    let width = TextMetrics.width(label.text, size: Theme.size(.value))
    return PanelLayout.Frame(left: x + 9, top: y - 7, width: width, height: 14)
  }
}
