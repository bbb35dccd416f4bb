/// Rounds weights to blocks in ggml's formats, byte for byte as ggml lays them out (gguf-py's `quants.py` has the
/// layouts).
///
/// Q8_0 and Q4_0 choose the scales and the numbers that ggml chooses; Q6_K chooses its own (see
/// `encodeQ6K(_:into:)`), in the same bytes. Weights are finite and, as for halves, at most 65504 in magnitude.
public enum BlockWeights {
  /// Stores 32 finite weights as one Q8_0 block of 34 bytes: a half d and 32 numbers, weight d·q.
  ///
  /// d = max |w| / 127, q = w / d rounded to nearest, halves away from zero.
  public static func encodeQ8(_ weights: UnsafePointer<Float>, into out: UnsafeMutableRawPointer) {
    let scale = largest(weights, count: 32).magnitude / 127
    let inverse = reciprocal(scale)
    out.storeBytes(of: FloatFormats.half(scale), as: UInt16.self)
    for i in 0..<32 {
      out.storeBytes(of: Int8(clamping: whole(weights[i] * inverse)), toByteOffset: 2 + i, as: Int8.self)
    }
  }

  /// Stores 32 finite weights as one Q4_0 block of 18 bytes: a half d and 32 codes u of four bits, weight d·(u − 8).
  ///
  /// The weight of the largest magnitude becomes −8, whatever its sign: d = w / −8.
  public static func encodeQ4(_ weights: UnsafePointer<Float>, into out: UnsafeMutableRawPointer) {
    let scale = largest(weights, count: 32) / -8
    let inverse = Double(reciprocal(scale))
    // Sums of doubles: in floats the result would depend on whether product and sum are fused.
    func code(_ weight: Float) -> UInt8 { UInt8(min(Double(weight) * inverse + 8.5, 15)) }
    out.storeBytes(of: FloatFormats.half(scale), as: UInt16.self)
    for i in 0..<16 {
      out.storeBytes(of: code(weights[i]) | code(weights[16 + i]) << 4, toByteOffset: 2 + i, as: UInt8.self)
    }
  }

  /// The value of the largest magnitude, its sign included; the first of equals.
  static func largest(_ values: UnsafePointer<Float>, count: Int) -> Float {
    var largest: Float = 0
    for i in 0..<count where values[i].magnitude > largest.magnitude { largest = values[i] }
    return largest
  }

  /// 1 / scale, and 0 for a scale of 0 or one so small that its reciprocal is no float.
  static func reciprocal(_ scale: Float) -> Float { scale.magnitude < .leastNormalMagnitude ? 0 : 1 / scale }

  /// Rounds to nearest, halves away from zero, a number that fits an Int32.
  ///
  /// The library's function would be a call per weight.
  @inline(__always)
  static func whole(_ value: Float) -> Int32 {
    let towardZero = Int32(value)
    let rest = value - Float(towardZero)
    return towardZero + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0)
  }
}
