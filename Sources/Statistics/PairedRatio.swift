import Foundation

/// How many times larger one quantity is than another, from pairs that were measured close together.
///
/// The logarithms of the ratios are taken; the estimate is Hodges and Lehmann's (the median of all pairwise means, the
/// Walsh averages), the interval that of the signed-rank test. One wild pair moves neither much, and drift that hits
/// both sides of a pair cancels.
public struct PairedRatio: Sendable, Equatable {
  /// The typical ratio, numerator over denominator.
  public let ratio: Double
  /// Its interval at the level asked for; nil where there are too few pairs (fewer than 6 at 0.95).
  public let interval: Interval?
  /// The number of pairs.
  public let pairs: Int

  /// Compares two lists, element by element.
  ///
  /// Nil where the lists are empty or differ in length, where a value is not positive and finite, and for more than
  /// 1000 pairs, whose half a million averages would be slow and no better.
  public init?(_ numerators: [Double], over denominators: [Double], level: Double = 0.95) {
    guard numerators.count == denominators.count, 1...SignedRank.mostPairs ~= numerators.count,
      (numerators + denominators).allSatisfy({ $0 > 0 && $0.isFinite })
    else { return nil }
    let logs = zip(numerators, denominators).map { log($0) - log($1) }
    guard let centre = HodgesLehmann(logs, level: level) else { return nil }
    ratio = exp(centre.estimate)
    pairs = logs.count
    interval = centre.interval.flatMap { Interval(exp($0.lower), exp($0.upper)) }
  }
}
