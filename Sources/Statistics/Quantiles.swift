extension Collection where Element == Double {
  /// The value below which a share `p` of the sample lies, 0 ≤ p ≤ 1; nil for nothing, or when a value is not finite.
  ///
  /// Linear interpolation between order statistics at (n − 1) p: type 7 of Hyndman and Fan, "Sample quantiles in
  /// statistical packages" (The American Statistician 50, 1996), which is the default of NumPy, R and spreadsheets.
  public func quantile(_ p: Double) -> Double? {
    guard 0...1 ~= p else { return nil }
    return sortedFinite()?.interpolated(at: p)
  }

  /// Several quantiles with one sort, in the order of `shares`.
  public func quantiles(_ shares: [Double]) -> [Double]? {
    guard shares.allSatisfy({ 0...1 ~= $0 }), let sorted = sortedFinite() else { return nil }
    return shares.map(sorted.interpolated)
  }

  /// The middle value, or the mean of the two middle ones; nil for nothing, or when a value is not finite.
  public var median: Double? { quantile(0.5) }

  /// The median distance from the median, unscaled; nil for nothing, or when a value is not finite.
  ///
  /// Times 1.4826 it estimates the standard deviation of normal data.
  public var medianAbsoluteDeviation: Double? {
    guard let median else { return nil }
    return map { abs($0 - median) }.median
  }

  /// The values in order; nil for none, or when one is not finite.
  func sortedFinite() -> [Double]? {
    guard !isEmpty, allSatisfy(\.isFinite) else { return nil }
    return sorted()
  }
}

extension [Double] {
  /// Type 7 on sorted values, at least one.
  fileprivate func interpolated(at p: Double) -> Double {
    let position = Double(count - 1) * p
    let below = Int(position)
    let above = Swift.min(below + 1, count - 1)
    let share = position - Double(below)
    // A weighted sum cannot overflow where a difference of the two could.
    return share == 0 ? self[below] : self[below] * (1 - share) + self[above] * share
  }
}
