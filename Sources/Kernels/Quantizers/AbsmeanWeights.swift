/// Quantizes weights to {−1, 0, +1} by their mean magnitude, as BitNet b1.58 does per tensor.
///
/// The formula stands in arXiv:2402.17764, section 2:
///
///     g = max(mean |W|, 1e-5)    t = clamp(rint(W·(1/g)), −1, 1)    the weight that t stands for is t·g
public enum AbsmeanWeights {
  /// The least mean that is divided by: transformers' `WeightQuant` clamps here, so that zeros stay zeros.
  public static let floor: Float = 1e-5

  /// Gives g, the mean magnitude of all weights of a tensor.
  ///
  /// The sum is a Double, so that it does not depend on the order in which some other program adds floats; the mean is
  /// then rounded to a Float once.
  public static func scale(of weights: UnsafeBufferPointer<Float>) -> Float {
    guard !weights.isEmpty else { return floor }
    let mean = Float(sumOfMagnitudes(weights) / Double(weights.count))
    return mean < floor ? floor : mean
  }

  /// Sums |W|, for tensors that arrive in parts.
  public static func sumOfMagnitudes(_ weights: UnsafeBufferPointer<Float>) -> Double {
    // Four sums, as an addition takes four cycles and the next may not begin before.
    var sums = (0.0, 0.0, 0.0, 0.0)
    let whole = weights.count & ~3
    for i in stride(from: 0, to: whole, by: 4) {
      sums.0 += Double(weights[i].magnitude)
      sums.1 += Double(weights[i + 1].magnitude)
      sums.2 += Double(weights[i + 2].magnitude)
      sums.3 += Double(weights[i + 3].magnitude)
    }
    for i in whole..<weights.count { sums.0 += Double(weights[i].magnitude) }
    return (sums.0 + sums.1) + (sums.2 + sums.3)
  }

  /// Rounds `count` weights to −1, 0 or +1, ties to even.
  ///
  /// Half of g becomes 0, one and a half of it ±1, and a NaN 0.
  public static func ternarise(
    _ weights: UnsafePointer<Float>, count: Int, scale g: Float, into ternary: UnsafeMutablePointer<Int8>
  ) {
    let inverse = 1 / g
    for i in 0..<count {
      // Ties to even and the clamp leave two thresholds: above one half of g is +1, below minus one half −1.
      let scaled = weights[i] * inverse
      ternary[i] = (scaled > 0.5 ? 1 : 0) &- (scaled < -0.5 ? 1 : 0)
    }
  }
}
