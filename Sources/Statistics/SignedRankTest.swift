/// Wilcoxon's signed-rank test of differences against a centre of 0, with exact p-values.
///
/// Ranks of equal distances are averaged, and the p-values are then those of the permutation distribution of these very
/// ranks. Nothing is assumed but that the differences are independent and symmetric around their centre.
public struct SignedRankTest: Sendable, Equatable {
  /// What becomes of differences that are exactly 0.
  public enum Zeros: Sendable {
    /// They are left out, as Wilcoxon did.
    case dropped
    /// They are ranked with the others and their ranks left out, as Pratt proposed ("Remarks on zeros and ties in the
    /// Wilcoxon signed rank procedures", JASA 54, 1959): adding zeros then never makes a result more significant.
    case ranked
  }

  /// W⁺, the sum of the ranks of the differences above 0.
  public let statistic: Double
  /// The number of differences that are not 0.
  public let pairs: Int
  /// The probability of so large a W⁺ where the centre is 0; 1 where every difference is 0.
  public let pGreater: Double
  /// The probability of so small a W⁺ where the centre is 0.
  public let pLess: Double
  /// Twice the smaller of both, at most 1.
  public var pTwoSided: Double { min(1, 2 * min(pGreater, pLess)) }

  /// Tests differences; nil for none, for more than 1000, or when one is not finite.
  public init?(_ differences: [Double], zeros: Zeros = .ranked) {
    guard 1...SignedRank.mostPairs ~= differences.count, differences.allSatisfy(\.isFinite) else { return nil }
    let kept = zeros == .dropped ? differences.filter { $0 != 0 } : differences
    let (ranks, hasTies) = Ranks.doubled(of: kept.map(abs))
    let signed = zip(kept, ranks).filter { $0.0 != 0 }
    let doubledSum = signed.reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    let doubledTotal = signed.reduce(0) { $0 + $1.1 }
    statistic = Double(doubledSum) / 2
    pairs = signed.count
    guard !signed.isEmpty else {
      (pGreater, pLess) = (1, 1)
      return
    }
    if !hasTies, signed.count == kept.count {
      let tail = SignedRank.lowerTail(pairs: pairs)
      pLess = Self.lower(doubledSum / 2, of: doubledTotal / 2, tail: tail)
      pGreater = Self.lower((doubledTotal - doubledSum) / 2, of: doubledTotal / 2, tail: tail)
    } else {
      var below = 0.0
      let tail = SignedRank.distribution(ofRanks: signed.map(\.1)).map { probability in
        below += probability
        return below
      }
      pLess = min(1, tail[doubledSum])
      // The distribution is its own mirror image, and small probabilities are exact only at the lower end.
      pGreater = min(1, tail[doubledTotal - doubledSum])
    }
  }

  /// P(W ≤ sum) from the lower half of the distribution.
  private static func lower(_ sum: Int, of total: Int, tail: [Double]) -> Double {
    if sum < tail.count { return min(1, tail[sum]) }
    // P(W ≤ s) = 1 − P(W ≤ T − s − 1).
    let mirrored = total - sum - 1
    return mirrored < 0 ? 1 : 1 - tail[mirrored]
  }
}
