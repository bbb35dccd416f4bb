import Foundation

/// Whether a series wanders: its slope by Theil and Sen, whether it rises or falls by Mann and Kendall, and how much a
/// value is like the one before.
///
/// None of the three assumes a distribution, and one wild value moves none of them much.
public struct Drift: Sendable, Equatable {
  /// The median of the slopes between all pairs of values, per step.
  public let slope: Double
  /// Kendall's τ-b between position and value: 1 for a series that only rises, −1 for one that only falls, 0 where all
  /// values are equal.
  public let tau: Double
  /// The two-sided p-value of τ where positions mean nothing: exact without ties, else the normal approximation.
  public let p: Double
  /// The correlation of each value with the one before; nil where all are equal.
  public let lagOneCorrelation: Double?

  /// The longest series: all its pairs are looked at.
  static let mostValues = 1000

  /// Looks at a series in its order; nil for fewer than 3 values, more than 1000, or when one is not finite.
  public init?(_ values: [Double]) {
    guard 3...Self.mostValues ~= values.count, values.allSatisfy(\.isFinite) else { return nil }
    var slopes: [Double] = []
    slopes.reserveCapacity(values.count * (values.count - 1) / 2)
    var balance = 0
    for later in values.indices {
      for earlier in 0..<later {
        let step = values[later] - values[earlier]
        slopes.append(step / Double(later - earlier))
        balance += step > 0 ? 1 : step < 0 ? -1 : 0
      }
    }
    guard let slope = slopes.median else { return nil }
    self.slope = slope
    let ties = Ranks.tieSizes(of: values)
    let pairs = slopes.count
    let untied = pairs - ties.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    tau = untied > 0 ? Double(balance) / (Double(pairs) * Double(untied)).squareRoot() : 0
    p = Self.probability(balance, count: values.count, ties: ties)
    lagOneCorrelation = Self.lagOne(values)
  }

  /// Two-sided, for S = concordant − discordant pairs.
  private static func probability(_ balance: Int, count: Int, ties: [Int]) -> Double {
    let pairs = count * (count - 1) / 2
    if ties.isEmpty, count <= mostExact {
      // S = pairs − 2 inversions; the distribution of inversions is its own mirror image.
      let inversions = (pairs - abs(balance)) / 2
      return min(1, 2 * inversionShares(count).prefix(inversions + 1).reduce(0, +))
    }
    let n = Double(count)
    // Kendall, "Rank correlation methods": the variance of S with ties on one side.
    let variance =
      (n * (n - 1) * (2 * n + 5) - ties.reduce(0) { $0 + Double($1 * ($1 - 1) * (2 * $1 + 5)) }) / 18
    guard variance > 0 else { return 1 }
    return min(1, 2 * Normal.probability(below: -abs(Double(balance)) / variance.squareRoot()))
  }

  /// Beyond this length the approximation is as good as the exact distribution.
  private static let mostExact = 60

  /// The share of the orders of `count` things that have each number of inversions.
  static func inversionShares(_ count: Int) -> [Double] {
    var shares = [1.0]
    for size in 1...count {
      var next = [Double](repeating: 0, count: shares.count + size - 1)
      for (inversions, share) in shares.enumerated() {
        for more in 0..<size { next[inversions + more] += share / Double(size) }
      }
      shares = next
    }
    return shares
  }

  private static func lagOne(_ values: [Double]) -> Double? {
    guard let mean = values.mean else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let products = zip(values, values.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    let correlation = products / squares
    return squares > 0 && correlation.isFinite ? correlation : nil
  }
}
