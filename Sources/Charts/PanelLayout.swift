/// Decides where things lie in one panel, in pixels: the plot, the axes' texts, the room that labels need.
struct PanelLayout {
  /// A rectangle in pixels.
  struct Frame: Equatable {
    var left: Double
    var top: Double
    var width: Double
    var height: Double
    var right: Double { left + width }
    var bottom: Double { top + height }
  }

  /// What is laid out.
  let panel: Panel
  /// Where the axes cross to where they end.
  let plot: Frame
  /// The panel with its texts.
  let frame: Frame
  /// The lines of each tick of x.
  let xLabels: [[String]]
  /// Whether labels of bars stand upright because they are wider than their bars.
  let areBarLabelsRotated: Bool

  static let lineHeight = 14.0
  static let titleHeight = 22.0
  static let axisTitleHeight = 20.0
  static let tickGap = 7.0

  init(_ panel: Panel, in frame: Frame) {
    self.panel = panel
    self.frame = frame
    let left = Self.leftMargin(panel)
    let right = Self.rightMargin(panel)
    let width = max(frame.width - left - right, 1)
    let bandWidth = width / max(panel.x.scale.upper - panel.x.scale.lower, 1)
    // Only names are broken: numbers that do not fit are left out by the axis instead.
    let wrapWidth = panel.x.isNumeric ? Double.infinity : max(bandWidth - 6, 24)
    xLabels = panel.x.ticks.map { LabelLayout.lines($0.label, width: wrapWidth, size: Theme.size(.tick)) }
    let lines = Double(xLabels.map(\.count).max() ?? 0)
    let bottom = lines * Self.lineHeight + Self.tickGap + (panel.x.title == nil ? 0 : Self.axisTitleHeight)
    let above = 6 + (panel.title == nil ? 0 : Self.titleHeight) + (panel.y.title == nil ? 0 : Self.axisTitleHeight)
    let rotated = Self.hasWideLabels(panel, width: width)
    areBarLabelsRotated = rotated
    let free = max(frame.height - above - bottom, 1)
    let headroom = min(Self.headroom(panel, rotated: rotated, height: free), free / 2)
    plot = Frame(
      left: frame.left + left, top: frame.top + above + headroom, width: width, height: max(free - headroom, 1))
  }

  /// Where a value of x lies, or `nil`.
  func x(_ value: Double) -> Double? {
    panel.x.scale.fraction(value).map { plot.left + $0 * plot.width }
  }

  /// Where a value of y lies, or `nil`.
  func y(_ value: Double) -> Double? {
    panel.y.scale.fraction(value).map { plot.bottom - $0 * plot.height }
  }

  /// Where the end of an interval lies along x, held inside the plot: an interval that runs off the axis is still seen.
  func clampedX(_ value: Double) -> Double? {
    Self.clamped(panel.x.scale, value).map { plot.left + $0 * plot.width }
  }

  /// Where the end of an interval lies along y, held inside the plot.
  func clampedY(_ value: Double) -> Double? {
    Self.clamped(panel.y.scale, value).map { plot.bottom - $0 * plot.height }
  }

  private static func clamped(_ scale: Scale, _ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    return scale.fraction(min(max(value, scale.lower), scale.upper))
  }

  private static func leftMargin(_ panel: Panel) -> Double {
    let widest = panel.y.ticks.map { TextMetrics.width($0.label, size: Theme.size(.tick)) }.max() ?? 0
    // Names are long, and a viewer's font may be wider than the measured one by a twentieth.
    return widest * (panel.y.isNumeric ? 1 : 1.06) + tickGap + 3
  }

  /// Names of lines stand to the right of the plot; without them half of the last tick's label needs room.
  private static func rightMargin(_ panel: Panel) -> Double {
    let names = panel.marks.compactMap { mark -> Double? in
      guard case .line(let line) = mark, let label = line.label else { return nil }
      return TextMetrics.width(label, size: Theme.size(.seriesName)) + 14
    }
    let lastTick = panel.x.isNumeric ? panel.x.ticks.last : nil
    let half = lastTick.map { TextMetrics.width($0.label, size: Theme.size(.tick)) / 2 } ?? 0
    let rules = panel.marks.compactMap { mark -> Double? in
      guard case .rule(let rule) = mark, rule.along == .x, let label = rule.label else { return nil }
      return TextMetrics.width(label, size: Theme.size(.note)) / 2
    }
    return max(names.max() ?? 0, rules.max() ?? 0, half, 6)
  }

  private static func hasWideLabels(_ panel: Panel, width: Double) -> Bool {
    panel.marks.contains { mark in
      guard case .bar(let bar) = mark, let slot = slotWidth(bar, panel: panel, width: width) else { return false }
      return bar.labels.contains { TextMetrics.width($0, size: Theme.size(.value)) > slot + 1 }
    }
  }

  private static func slotWidth(_ bar: Mark.Bar, panel: Panel, width: Double) -> Double? {
    guard let left = panel.x.scale.fraction(bar.x.lowerBound), let right = panel.x.scale.fraction(bar.x.upperBound)
    else { return nil }
    return (right - left) * width
  }

  /// The room above the plot that the labels of its highest bars need.
  private static func headroom(_ panel: Panel, rotated: Bool, height: Double) -> Double {
    let needs = panel.marks.map { mark -> Double in
      guard case .bar(let bar) = mark, !bar.labels.isEmpty,
        let top = panel.y.scale.fraction(max(bar.y, bar.interval?.upperBound ?? bar.y)), top > 0.01
      else { return 0 }
      let extent = labelExtent(bar, rotated: rotated) + 8
      return (extent - (1 - top) * height) / top
    }
    return max(needs.max() ?? 0, hasUprightRuleLabel(panel) ? 16 : 0)
  }

  /// Names of upright rules stand above the plot.
  private static func hasUprightRuleLabel(_ panel: Panel) -> Bool {
    panel.marks.contains { mark in
      guard case .rule(let rule) = mark else { return false }
      return rule.along == .x && rule.label != nil
    }
  }

  /// How far the labels of a bar reach above it.
  static func labelExtent(_ bar: Mark.Bar, rotated: Bool) -> Double {
    guard rotated else { return Double(bar.labels.count) * 13 }
    return TextMetrics.width(bar.labels.joined(separator: "  "), size: Theme.size(.value))
  }
}
