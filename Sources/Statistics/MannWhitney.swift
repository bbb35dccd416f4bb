import Foundation

/// The rank-sum test of Mann, Whitney and Wilcoxon for two samples that are not paired.
///
/// Up to `mostExact` values the p-values are those of all ways to deal the ranks to the two samples, ties averaged;
/// beyond it they are the normal approximation with the corrections for ties and for continuity. Weaker than a paired
/// test where both samples share what disturbs them.
public struct MannWhitney: Sendable, Equatable {
  /// The largest number of values, both samples together, for which the distribution is counted out.
  public static let mostExact = 60

  /// U of the first sample: the pairs in which its value is the larger, equal ones counted half.
  public let statistic: Double
  /// The probability of so large a U where both samples come from one distribution.
  public let pGreater: Double
  /// The probability of so small a U.
  public let pLess: Double
  /// Twice the smaller of both, at most 1.
  public var pTwoSided: Double { min(1, 2 * min(pGreater, pLess)) }
  /// Whether the p-values are exact.
  public let isExact: Bool

  /// Tests whether the first sample tends to larger (`pGreater`) or smaller (`pLess`) values than the second; nil where
  /// one is empty or a value is not finite.
  public init?(_ first: [Double], _ second: [Double]) {
    let all = first + second
    guard !first.isEmpty, !second.isEmpty, all.allSatisfy(\.isFinite) else { return nil }
    let doubled = Ranks.doubled(of: all).ranks
    let sum = doubled.prefix(first.count).reduce(0, +)
    let least = first.count * (first.count + 1)
    statistic = Double(sum - least) / 2
    isExact = all.count <= Self.mostExact
    if isExact {
      (pLess, pGreater) = Self.exact(doubled, choosing: first.count, sum: sum)
    } else {
      let deviation = Self.deviation(first.count, second.count, ties: Ranks.tieSizes(of: all))
      let excess = statistic - Double(first.count) * Double(second.count) / 2
      // Where all values are equal there is nothing to rank.
      pGreater = deviation > 0 ? Normal.probability(below: -(excess - 0.5) / deviation) : 1
      pLess = deviation > 0 ? Normal.probability(below: (excess + 0.5) / deviation) : 1
    }
  }

  /// P(sum of the chosen ranks ≤ and ≥ the one seen), each choice of `count` ranks being as probable.
  private static func exact(_ ranks: [Int], choosing count: Int, sum: Int) -> (less: Double, greater: Double) {
    let total = ranks.reduce(0, +)
    // ways[k][s] is the share of the choices of k ranks whose sum is s, grown rank by rank: doubles hold binomial
    // coefficients of 60 to 16 digits, and ratios are all that is needed.
    var ways = [[Double]](repeating: [Double](repeating: 0, count: total + 1), count: count + 1)
    ways[0][0] = 1
    var largest = 0
    for (index, rank) in ranks.enumerated() {
      largest += rank
      for chosen in stride(from: min(index + 1, count), through: 1, by: -1) {
        for s in stride(from: largest, through: rank, by: -1) { ways[chosen][s] += ways[chosen - 1][s - rank] }
      }
    }
    let all = ways[count].reduce(0, +)
    let less = ways[count][...sum].reduce(0, +) / all
    let greater = ways[count][sum...].reduce(0, +) / all
    return (min(1, less), min(1, greater))
  }

  /// √(mn/12 ((N + 1) − Σ(t³ − t)/(N(N − 1)))), Hollander, Wolfe and Chicken, section 4.1.
  static func deviation(_ m: Int, _ n: Int, ties: [Int]) -> Double {
    let total = Double(m + n)
    let correction = ties.reduce(0) { $0 + Double($1) * (Double($1) * Double($1) - 1) } / (total * (total - 1))
    return (Double(m) * Double(n) / 12 * (total + 1 - correction)).squareRoot()
  }
}
