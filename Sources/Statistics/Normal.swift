import Foundation

/// The standard normal distribution.
public enum Normal {
  /// P(Z ≤ z), from the complementary error function, so that small tails keep their digits.
  public static func probability(below z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// The z that a share `p` lies below, 0 < p < 1: 1.96 for 0.975; nil outside.
  ///
  /// By bisection: beyond ±38 even the smallest double is exceeded.
  public static func quantile(_ p: Double) -> Double? {
    guard p > 0, p < 1 else { return nil }
    // The lower half holds small probabilities exactly.
    if p > 0.5 { return quantile(1 - p).map { -$0 } }
    var low = -39.0
    var high = 0.0
    // 64 halvings of 39 are below the spacing of doubles there.
    for _ in 0..<64 {
      let middle = (low + high) / 2
      if probability(below: middle) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
