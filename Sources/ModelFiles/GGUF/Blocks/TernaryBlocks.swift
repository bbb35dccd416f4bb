/// Decodes ternary formats to -1, 0 and +1, without a detour over floats.
///
/// Decoders return false where a code stands for nothing.
public enum TernaryBlocks {
  /// Weights of one block of TQ1_0 and TQ2_0.
  public static let tqBlock = 256
  /// Where the half d stands in a TQ1_0 block.
  static let tq1ScaleOffset = 52
  /// Where the half d stands in a TQ2_0 block.
  static let tq2ScaleOffset = 64

  /// How `I2_S` cuts a tensor in blocks; nothing in a file tells the two apart.
  public enum I2SLayout: String, Sendable, CaseIterable {
    /// 128 weights in 32 bytes: published files, bitnet.cpp on x86, and its Python converter.
    case blocksOf128 = "x86"
    /// 64 weights in 16 bytes: what bitnet.cpp writes on ARM.
    case blocksOf64 = "arm"

    /// Weights of one block.
    public var weights: Int { self == .blocksOf128 ? 128 : 64 }
  }

  /// Weights of one block of I2_S in published files.
  public static let i2SBlock = I2SLayout.blocksOf128.weights

  /// 64 bytes of two-bit codes: 32 bytes hold 128 weights, byte m weights m, m + 32, m + 64 and m + 96 from the low bits
  /// up.
  static func readTQ2(_ block: UnsafeRawPointer, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    var damage = SIMD32<UInt8>(repeating: 0)
    for half in 0..<2 {
      let codes = block.loadUnaligned(fromByteOffset: 32 * half, as: SIMD32<UInt8>.self)
      damage |= codes & (codes &>> 1)
      for row in 0..<4 {
        store(codes &>> UInt8(2 * row) & 3, to: weights + 128 * half + 32 * row)
      }
    }
    return isClean(damage)
  }

  /// 52 bytes of five trits each: 32 bytes hold weights m + 32n, 16 bytes weights 160 + m + 16n, and 4 bytes weights
  /// 240 + m + 4n with n < 4.
  ///
  /// A byte is a fraction in base three: multiplied by 3ⁿ modulo 256, what three times it carries over is trit n.
  static func readTQ1(_ block: UnsafeRawPointer, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    var wide = block.loadUnaligned(as: SIMD32<UInt8>.self)
    for n in 0..<5 {
      store(trits(wide), to: weights + 32 * n)
      wide = wide &* 3
    }
    var middle = block.loadUnaligned(fromByteOffset: 32, as: SIMD16<UInt8>.self)
    for n in 0..<5 {
      store(trits(middle), to: weights + 160 + 16 * n)
      middle = middle &* 3
    }
    var rest = block.loadUnaligned(fromByteOffset: 48, as: SIMD4<UInt8>.self)
    for n in 0..<4 {
      store(trits(rest), to: weights + 240 + 4 * n)
      rest = rest &* 3
    }
    return true
  }

  /// `count` weights of I2_S, a multiple of the layout's block: byte m of a block holds weights m, m + 32, m + 64 and
  /// m + 96 (m + 16 and so on in blocks of 64) from the high bits down.
  static func readI2S(
    _ codes: UnsafeRawPointer, count: Int, layout: I2SLayout, into weights: UnsafeMutablePointer<Int8>
  ) -> Bool {
    switch layout {
    case .blocksOf128: readI2S(codes, SIMD32<UInt8>.self, count: count, into: weights)
    case .blocksOf64: readI2S(codes, SIMD16<UInt8>.self, count: count, into: weights)
    }
  }

  @inline(__always)
  private static func readI2S<Codes: SIMD<UInt8>>(
    _ codes: UnsafeRawPointer, _ type: Codes.Type, count: Int, into weights: UnsafeMutablePointer<Int8>
  ) -> Bool where Codes: SIMD {
    let width = Codes.scalarCount
    precondition(count.isMultiple(of: 4 * width))
    var damage = Codes(repeating: 0)
    for block in 0..<count / (4 * width) {
      let four = codes.loadUnaligned(fromByteOffset: width * block, as: Codes.self)
      damage |= four & (four &>> 1)
      for row in 0..<4 {
        store(four &>> UInt8(6 - 2 * row) & 3, to: weights + width * (4 * block + row))
      }
    }
    return isClean(damage)
  }

  /// Code 3 is the only one with both bits set.
  @inline(__always)
  private static func isClean<Codes: SIMD<UInt8>>(_ damage: Codes) -> Bool {
    (damage & 0x55) == Codes(repeating: 0)
  }

  /// The carry of three times a byte: 0 below 86, 1 below 171, else 2.
  @inline(__always)
  private static func trits<Bytes: SIMD<UInt8>>(_ bytes: Bytes) -> Bytes {
    let (zero, one) = (Bytes(repeating: 0), Bytes(repeating: 1))
    return zero.replacing(with: one, where: bytes .>= 86) &+ zero.replacing(with: one, where: bytes .>= 171)
  }

  /// Codes 0, 1 and 2 as weights -1, 0 and +1.
  @inline(__always)
  private static func store<Codes: SIMD<UInt8>>(_ codes: Codes, to weights: UnsafeMutablePointer<Int8>) {
    UnsafeMutableRawPointer(weights).storeBytes(of: codes &- 1, as: Codes.self)
  }
}

extension TernaryBlocks {
  /// The scale of one block of TQ1_0 or TQ2_0.
  static func scale(ofBlock block: UnsafeRawPointer, _ type: GGMLType) -> Float {
    BlockDecoder.half(block, at: type == .tq1_0 ? tq1ScaleOffset : tq2ScaleOffset)
  }
}
