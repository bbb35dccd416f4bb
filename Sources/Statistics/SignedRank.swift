import Synchronization

/// The null distribution of Wilcoxon's signed-rank statistic, exactly.
enum SignedRank {
  /// Up to here the distribution is computed; its table grows with the square of the pairs.
  static let mostPairs = 1000

  /// The rank k of the Walsh averages such that the k-th smallest and the k-th largest enclose the centre with at
  /// least probability `level`; nil where even the outermost do not.
  ///
  /// k is the largest with 2 P(W ≤ k − 1) ≤ 1 − level: 53 of 210 for 20 pairs and 0.95. Hollander, Wolfe and Chicken,
  /// "Nonparametric statistical methods" (3rd ed., 2014), section 3.3.
  static func rank(pairs: Int, level: Double) -> Int? {
    guard 1...mostPairs ~= pairs else { return nil }
    let rank = lowerTail(pairs: pairs).prefix { 2 * $0 <= 1 - level }.count
    return rank > 0 ? rank : nil
  }

  /// P(W = w) for w = 0 … n(n + 1)/2: each rank is in the sum or not, with equal probability.
  static func distribution(pairs: Int) -> [Double] { distribution(ofRanks: Array(1...pairs)) }

  /// P(W = w) for any whole ranks, each in the sum or not; doubled where ties have given some of them halves.
  static func distribution(ofRanks ranks: [Int]) -> [Double] {
    var probabilities = [Double](repeating: 0, count: ranks.reduce(0, +) + 1)
    probabilities[0] = 1
    var largest = 0
    for rank in ranks {
      largest += rank
      for sum in stride(from: largest, through: 0, by: -1) {
        let with = sum >= rank ? probabilities[sum - rank] : 0
        probabilities[sum] = (probabilities[sum] + with) / 2
      }
    }
    return probabilities
  }

  /// P(W ≤ w) for the ranks 1 … n, for the lower half of w: the upper is its mirror image.
  ///
  /// Kept for every n that was asked for, because a gate asks for few of them and often.
  static func lowerTail(pairs: Int) -> [Double] {
    if let known = tails.withLock({ $0[pairs] }) { return known }
    var below = 0.0
    let tail = distribution(pairs: pairs).prefix(pairs * (pairs + 1) / 4 + 1).map { probability in
      below += probability
      return below
    }
    tails.withLock { $0[pairs] = tail }
    return tail
  }

  private static let tails = Mutex<[Int: [Double]]>([:])
}
