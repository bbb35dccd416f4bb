extension BlockWeights {
  /// The scales of one Q6_K block while it is made.
  private struct Scales {
    /// The scale of all, as the half that is stored and as the float that it stands for.
    var shared: UInt16 = 0
    var sharedValue: Float = 0
    /// The scale of each 16 weights, in units of the shared one.
    var own: InlineArray<16, Int8> = .init(repeating: 0)
  }

  /// Stores 256 finite weights as one Q6_K block of 210 bytes: weight d·s·(u − 32), u of six bits, one s of eight bits
  /// for each 16 weights, one half d.
  ///
  /// For each 16, the weight of the largest magnitude becomes −32; the scale is then fitted to the numbers that this
  /// gives, by least squares. The scale of the largest magnitude becomes −128 times d; then u is rounded once more,
  /// with the scales as they are stored.
  public static func encodeQ6K(_ weights: UnsafePointer<Float>, into out: UnsafeMutableRawPointer) {
    let scales = scales(of: weights)
    let low = out.assumingMemoryBound(to: UInt8.self)
    let high = low + 128
    for i in 0..<192 { low[i] = 0 }
    for sub in 0..<16 {
      let scale = scales.sharedValue * Float(scales.own[sub])
      let inverse = reciprocal(scale)
      // Each half of 128 weights has four rows of 32; rows 0 and 1 are the low four bits of `low`, 2 and 3 the high.
      let (half, row, first) = (sub / 8, sub % 8 / 2, sub % 2 * 16)
      for i in 0..<16 {
        let code = UInt8(number(weights[16 * sub + i] * inverse) + 32)
        low[64 * half + 32 * (row % 2) + first + i] |= (code & 15) << (row < 2 ? 0 : 4)
        high[32 * half + first + i] |= (code >> 4) << (2 * row)
      }
      out.storeBytes(of: scales.own[sub], toByteOffset: 192 + sub, as: Int8.self)
    }
    out.storeBytes(of: scales.shared, toByteOffset: 208, as: UInt16.self)
  }

  private static func scales(of weights: UnsafePointer<Float>) -> Scales {
    var fitted = InlineArray<16, Float>(repeating: 0)
    var largest: Float = 0
    for sub in 0..<16 {
      fitted[sub] = fittedScale(weights + 16 * sub)
      if fitted[sub].magnitude > largest.magnitude { largest = fitted[sub] }
    }
    var scales = Scales()
    scales.shared = FloatFormats.half(largest / -128)
    scales.sharedValue = FloatFormats.float(half: scales.shared)
    guard scales.sharedValue != 0 else { return scales }
    for sub in 0..<16 { scales.own[sub] = Int8(clamping: whole(fitted[sub] / scales.sharedValue)) }
    return scales
  }

  /// Σ w·q / Σ q·q with q the numbers that a first scale gives.
  private static func fittedScale(_ weights: UnsafePointer<Float>) -> Float {
    let first = largest(weights, count: 16) / -32
    let inverse = reciprocal(first)
    guard inverse != 0 else { return 0 }
    var (product, square): (Float, Float) = (0, 0)
    for i in 0..<16 {
      let q = Float(number(weights[i] * inverse))
      product += weights[i] * q
      square += q * q
    }
    return product / square
  }

  /// The nearest whole number that six bits can hold.
  @inline(__always)
  private static func number(_ value: Float) -> Int32 { whole(min(max(value, -32), 31)) }
}
