/// The centre of a symmetric sample by Hodges and Lehmann: the median of all pairwise means, the Walsh averages.
///
/// The interval is that of the signed-rank test, from ordered Walsh averages. One wild value moves neither much.
/// Hollander, Wolfe and Chicken, "Nonparametric statistical methods" (3rd ed., 2014), sections 3.2 and 3.3.
public struct HodgesLehmann: Sendable, Equatable {
  /// The centre.
  public let estimate: Double
  /// Its interval at the level asked for; nil where there are too few values (fewer than 6 at 0.95).
  public let interval: Interval?

  /// Estimates the centre.
  ///
  /// Nil for nothing, when a value is not finite, and for more than 1000 values, whose half a million averages would be
  /// slow and no better.
  public init?(_ values: [Double], level: Double = 0.95) {
    guard 1...SignedRank.mostPairs ~= values.count, values.allSatisfy(\.isFinite) else { return nil }
    var averages: [Double] = []
    averages.reserveCapacity(values.count * (values.count + 1) / 2)
    // Halves are added, so that the mean of two huge values does not overflow.
    for (index, value) in values.enumerated() {
      for other in values[index...] { averages.append(value / 2 + other / 2) }
    }
    averages.sort()
    let middle = averages.count / 2
    estimate = averages.count % 2 == 1 ? averages[middle] : averages[middle - 1] / 2 + averages[middle] / 2
    interval = SignedRank.rank(pairs: values.count, level: level).flatMap { rank in
      Interval(averages[rank - 1], averages[averages.count - rank])
    }
  }
}
