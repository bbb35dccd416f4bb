import Foundation

/// A range that encloses the true value with a stated probability.
public struct Interval: Sendable, Equatable {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// Makes an interval; nil where an end is not finite or the ends are in the wrong order.
  public init?(_ lower: Double, _ upper: Double) {
    guard lower.isFinite, upper.isFinite, lower <= upper else { return nil }
    self.lower = lower
    self.upper = upper
  }

  /// Half of the width: the number behind "±".
  public var halfWidth: Double { (upper - lower) / 2 }

  /// Whether a value lies inside, ends included.
  public func contains(_ value: Double) -> Bool { lower...upper ~= value }
}

extension Interval {
  /// The interval of the mean by Student's t: mean ± t s/√n.
  ///
  /// It assumes independent, roughly normal values; for few or skewed ones prefer `ofMedian`. Nil for fewer than two
  /// values, for non-finite ones, or where `level` is not between 0 and 1.
  public static func ofMean(_ values: some Collection<Double>, level: Double = 0.95) -> Interval? {
    guard isProbability(level), let mean = values.mean, let deviation = values.standardDeviation else { return nil }
    let t = StudentT.twoSided(level: level, degrees: values.count - 1)
    let half = t * deviation / Double(values.count).squareRoot()
    return Interval(mean - half, mean + half)
  }

  /// The interval of the median from two order statistics, whatever the distribution.
  ///
  /// The k-th smallest and the k-th largest value, with the largest k for which a Binomial(n, ½) lies below k with a
  /// probability of at most (1 − level)/2 (David and Nagaraja, "Order statistics", section 7.1). The coverage is at
  /// least `level`. Nil where no two values suffice: fewer than 6 at 0.95.
  public static func ofMedian(_ values: some Collection<Double>, level: Double = 0.95) -> Interval? {
    guard isProbability(level), let sorted = values.sortedFinite() else { return nil }
    let n = sorted.count
    // ln C(n, k) − n ln 2, step by step: 2⁻ⁿ itself would underflow beyond a thousand values.
    var logProbability = -Double(n) * log(2)
    var below = 0.0
    var rank = 0
    while rank < n / 2 {
      below += exp(logProbability)
      guard 2 * below <= 1 - level else { break }
      logProbability += log(Double(n - rank)) - log(Double(rank + 1))
      rank += 1
    }
    return rank > 0 ? Interval(sorted[rank - 1], sorted[n - rank]) : nil
  }

  /// The interval of the median by resampling: the middle `level` of the medians of `resamples` samples with
  /// replacement (Efron's percentile method).
  ///
  /// It exists for fewer values than `ofMedian` but is too narrow there: with 5 values the true coverage of a nominal
  /// 95 % is near 93 %. The same seed gives the same interval. Nil for fewer than two values, or non-finite ones.
  public static func ofMedianBootstrapped(
    _ values: some Collection<Double>, level: Double = 0.95, resamples: Int = 2000, seed: UInt64 = 1
  ) -> Interval? {
    guard isProbability(level), resamples > 0, let sorted = values.sortedFinite(), sorted.count >= 2 else { return nil }
    var random = SplitMix64(seed: seed)
    let medians = (0..<resamples).compactMap { _ in
      sorted.indices.map { _ in sorted[random.index(below: sorted.count)] }.median
    }
    guard let ends = medians.quantiles([(1 - level) / 2, (1 + level) / 2]) else { return nil }
    return Interval(ends[0], ends[1])
  }

  private static func isProbability(_ level: Double) -> Bool { level > 0 && level < 1 }
}
