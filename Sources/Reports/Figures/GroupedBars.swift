import Charts

/// Places groups of bars side by side, as in every figure over model sizes or thread counts.
enum GroupedBars {
  /// Bars of one group stand side by side and leave a fifth of the band free.
  static func edges(place: Int, slot: Int, of slots: Int) -> ClosedRange<Double> {
    let width = 0.8 / Double(max(slots, 1))
    let left = Double(place) - 0.4 + Double(slot) * width
    return left + width * 0.04...left + width * 0.96
  }

  /// A bar is at least 18 pixels wide, so that its label fits beside its neighbour's, and at most 64.
  static func width(groups: Int, bars: Int, least: Double = 420) -> Double {
    let bars = Double(groups * max(bars, 1))
    let narrowest = bars * 18 / 0.8 + 60
    let widest = bars * 64 / 0.8 + 60
    return max(narrowest, min(max(widest, least), 960)).rounded()
  }

  /// Bars are read by their length, so the axis is linear unless the smallest would vanish beside the largest.
  static func axis(_ title: String, bars: [Double], covering others: [Double] = []) -> Axis? {
    let drawable = bars.filter { $0.isFinite && $0 > 0 }
    guard let smallest = drawable.min(), let largest = drawable.max() else { return nil }
    return largest > 25 * smallest
      ? .logarithmic(title: "\(title), logarithmic", covering: drawable + others)
      : .linear(title: title, covering: drawable + others)
  }
}

/// Rows of bars that lie on their sides, several to a row.
enum GroupedRows {
  /// Lower and upper edge of a bar in its row; rows are one apart and read from top to bottom.
  static func edges(row: Int, slot: Int, of slots: Int) -> ClosedRange<Double> {
    let height = 0.8 / Double(max(slots, 1))
    let top = Double(row) - 0.4 + Double(slot) * height
    return top + height * 0.06...top + height * 0.94
  }
}
