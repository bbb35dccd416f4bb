import Foundation

/// Student's t distribution for whole degrees of freedom, which is all that samples have.
public enum StudentT {
  /// The t that a share `level` of the distribution lies within, on both sides: 12.706 for one degree and 0.95.
  ///
  /// Exact to double precision: the closed form of P(|T| < t) in Abramowitz and Stegun 26.7.3–4 as a function of
  /// θ = atan(t/√ν), inverted by bisection. `degrees` ≥ 1, 0 < level < 1.
  public static func twoSided(level: Double, degrees: Int) -> Double {
    var low = 0.0
    var high = Double.pi / 2
    // 64 halvings of π/2 are below the spacing of doubles there.
    for _ in 0..<64 {
      let middle = (low + high) / 2
      if probability(within: middle, degrees: degrees) < level { low = middle } else { high = middle }
    }
    return tan((low + high) / 2) * Double(degrees).squareRoot()
  }

  /// P(|T| < t) for t = √ν tan θ.
  static func probability(within theta: Double, degrees: Int) -> Double {
    let sine = sin(theta)
    let cosine = cos(theta)
    let isOdd = degrees % 2 == 1
    // Odd: cos θ (1 + 2/3 cos² θ + 2·4/3·5 cos⁴ θ + …). Even: 1 + 1/2 cos² θ + 1·3/2·4 cos⁴ θ + …
    var term = isOdd ? cosine : 1
    var sum = degrees == 1 ? 0 : term
    for k in stride(from: isOdd ? 3 : 2, to: degrees, by: 2) {
      term *= cosine * cosine * Double(k - 1) / Double(k)
      sum += term
    }
    return isOdd ? 2 / .pi * (theta + sine * sum) : sine * sum
  }
}
