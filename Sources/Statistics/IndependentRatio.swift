import Foundation

/// How many times larger one quantity is than another, from two samples that were measured apart.
///
/// The estimate is Hodges and Lehmann's for two samples, the median of all ratios of one value of each; the interval is
/// that of the rank-sum test, from the ordered ratios (Hollander, Wolfe and Chicken, sections 4.2 and 4.3). What
/// disturbed only one of the samples is in the ratio: where both were measured in turn, `PairedRatio` says more.
public struct IndependentRatio: Sendable, Equatable {
  /// The typical ratio, numerator over denominator.
  public let ratio: Double
  /// Its interval at the level asked for; nil where there are too few values (fewer than 4 and 4 at 0.95).
  public let interval: Interval?
  /// The two-sided p-value of the rank-sum test.
  public let p: Double

  /// The largest sample: the square of it ratios are sorted.
  static let mostValues = 1000

  /// Compares two samples.
  ///
  /// Nil where one is empty or has more than 1000 values, or where a value is not positive and finite.
  public init?(_ numerators: [Double], over denominators: [Double], level: Double = 0.95) {
    guard 1...Self.mostValues ~= numerators.count, 1...Self.mostValues ~= denominators.count,
      (numerators + denominators).allSatisfy({ $0 > 0 && $0.isFinite }),
      let test = MannWhitney(numerators, denominators)
    else { return nil }
    let below = denominators.map { log($0) }
    let differences = numerators.map { log($0) }.flatMap { value in below.map { value - $0 } }.sorted()
    guard let middle = differences.median else { return nil }
    ratio = exp(middle)
    p = test.pTwoSided
    interval = Self.rank(numerators.count, denominators.count, level: level).flatMap { rank in
      Interval(exp(differences[rank - 1]), exp(differences[differences.count - rank]))
    }
  }

  /// The largest k with 2 P(U ≤ k − 1) ≤ 1 − level: the k-th smallest and the k-th largest difference are the ends.
  static func rank(_ m: Int, _ n: Int, level: Double) -> Int? {
    guard m + n <= MannWhitney.mostExact else {
      guard let z = Normal.quantile((1 + level) / 2) else { return nil }
      let rank = Int((Double(m) * Double(n) / 2 - z * MannWhitney.deviation(m, n, ties: [])).rounded(.down))
      return rank > 0 ? rank : nil
    }
    var below = 0.0
    var rank = 0
    for probability in distribution(m, n) {
      below += probability
      guard 2 * below <= 1 - level else { break }
      rank += 1
    }
    return rank > 0 ? rank : nil
  }

  /// P(U = u) for samples of m and n without ties, by the recurrence over the largest value: it belongs to the first
  /// sample with probability m/(m + n) and then exceeds all n of the other.
  static func distribution(_ m: Int, _ n: Int) -> [Double] {
    var row = [[Double]](repeating: [1], count: n + 1)
    for i in 1...m {
      var next: [[Double]] = [[1]]
      for j in 1...n {
        var probabilities = [Double](repeating: 0, count: i * j + 1)
        for (u, probability) in row[j].enumerated() {
          probabilities[u + j] += probability * Double(i) / Double(i + j)
        }
        for (u, probability) in next[j - 1].enumerated() {
          probabilities[u] += probability * Double(j) / Double(i + j)
        }
        next.append(probabilities)
      }
      row = next
    }
    return row[n]
  }
}
