/// Quantizes activations to int8 by their largest magnitude, as BitNet b1.58 does per token.
///
/// The formula stands in arXiv:2402.17764, section 2:
///
///     m = max |x|    s = 127 / max(m, 1e-5)    q = clamp(rint(x·s), −128, 127)
public enum AbsmaxActivations {
  /// The least magnitude that is divided by: transformers' `ActQuant` clamps here, so that zeros stay zeros.
  public static let floor: Float = 1e-5

  /// Gives the factor s from activations to int8 for a largest magnitude; NaN stays NaN.
  public static func scale(maxAbs: Float) -> Float {
    127 / (maxAbs < floor ? floor : maxAbs)
  }

  /// Quantizes one vector, ties to even.
  public static func quantize(_ x: [Float]) -> (q: [Int8], scale: Float) {
    let ops = VectorOps.best
    let scale = x.withUnsafeBufferPointer { x in
      Self.scale(maxAbs: x.baseAddress.map { ops.maxAbs($0, count: x.count) } ?? 0)
    }
    var q = [Int8](repeating: 0, count: x.count)
    q.withUnsafeMutableBufferPointer { q in
      guard let base = q.baseAddress else { return }
      ops.quantize(x, scale: scale, into: base, count: x.count)
    }
    return (q, scale)
  }
}
