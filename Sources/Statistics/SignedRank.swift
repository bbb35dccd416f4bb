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
    let probabilities = distribution(pairs: pairs)
    var below = 0.0
    var rank = 0
    for probability in probabilities {
      below += probability
      guard 2 * below <= 1 - level else { break }
      rank += 1
    }
    return rank > 0 ? rank : nil
  }

  /// P(W = w) for w = 0 … n(n + 1)/2: each rank is in the sum or not, with equal probability.
  static func distribution(pairs: Int) -> [Double] {
    var probabilities = [Double](repeating: 0, count: pairs * (pairs + 1) / 2 + 1)
    probabilities[0] = 1
    for rank in 1...pairs {
      let largest = rank * (rank + 1) / 2
      for sum in stride(from: largest, through: 0, by: -1) {
        let with = sum >= rank ? probabilities[sum - rank] : 0
        probabilities[sum] = (probabilities[sum] + with) / 2
      }
    }
    return probabilities
  }
}
