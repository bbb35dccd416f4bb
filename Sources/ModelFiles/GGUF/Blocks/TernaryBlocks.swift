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

  /// 64 bytes of two-bit codes: 32 bytes hold 128 weights, byte m weights m, m + 32, m + 64 and m + 96 from the low
  /// bits up.
  @inline(__always)
  static func readTQ2(_ block: UnsafeRawPointer, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let out = UnsafeMutableRawPointer(weights)
    var invalid: UInt64 = 0
    for half in 0..<2 {
      for offset in stride(from: 0, to: 32, by: WeightWord.count) {
        let codes = WeightWord.load(block, 32 * half + offset)
        invalid |= WeightWord.invalid(codes)
        for row in 0..<4 {
          WeightWord.store(
            WeightWord.weights(of: codes, shift: UInt64(2 * row)), to: out, 128 * half + 32 * row + offset)
        }
      }
    }
    return invalid == 0
  }

  /// 52 bytes of five trits each: 32 bytes hold weights m + 32n, 16 bytes weights 160 + m + 16n, and 4 bytes weights
  /// 240 + m + 4n with n < 4.
  @inline(__always)
  static func readTQ1(_ block: UnsafeRawPointer, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let out = UnsafeMutableRawPointer(weights)
    for offset in stride(from: 0, to: 32, by: WeightWord.count) {
      var fractions = Fractions(WeightWord.load(block, offset))
      for n in 0..<5 { WeightWord.store(fractions.nextWeights(), to: out, 32 * n + offset) }
    }
    for offset in stride(from: 0, to: 16, by: WeightWord.count) {
      var fractions = Fractions(WeightWord.load(block, 32 + offset))
      for n in 0..<5 { WeightWord.store(fractions.nextWeights(), to: out, 160 + 16 * n + offset) }
    }
    var fractions = Fractions(UInt64(block.loadUnaligned(fromByteOffset: 48, as: UInt32.self)))
    for n in 0..<4 {
      let four = UInt32(truncatingIfNeeded: fractions.nextWeights())
      out.storeBytes(of: four, toByteOffset: 240 + 4 * n, as: UInt32.self)
    }
    return true
  }

  /// Eight bytes, each a fraction in base three: multiplied by 3ⁿ modulo 256, what three times it carries over is
  /// trit n.
  private struct Fractions {
    private static let mask: UInt64 = 0x00ff_00ff_00ff_00ff
    // Sixteen bits each, so that the carry has a place.
    private var even: UInt64
    private var odd: UInt64

    @inline(__always)
    init(_ bytes: UInt64) {
      even = bytes & Self.mask
      odd = bytes &>> 8 & Self.mask
    }

    @inline(__always)
    mutating func nextWeights() -> UInt64 {
      even &*= 3
      odd &*= 3
      let codes = even &>> 8 & 0x0003_0003_0003_0003 | odd & 0x0300_0300_0300_0300
      even &= Self.mask
      odd &= Self.mask
      return WeightWord.weights(ofCodes: codes)
    }
  }

  /// `count` weights of I2_S, a multiple of the layout's block: byte m of a block holds weights m, m + 32, m + 64 and
  /// m + 96 (m + 16 and so on in blocks of 64) from the high bits down.
  static func readI2S(
    _ codes: UnsafeRawPointer, count: Int, layout: I2SLayout, into weights: UnsafeMutablePointer<Int8>
  ) -> Bool {
    switch layout {
    case .blocksOf128: readI2S(codes, width: 32, count: count, into: weights)
    case .blocksOf64: readI2S(codes, width: 16, count: count, into: weights)
    }
  }

  @inline(__always)
  private static func readI2S(
    _ codes: UnsafeRawPointer, width: Int, count: Int, into weights: UnsafeMutablePointer<Int8>
  ) -> Bool {
    precondition(count.isMultiple(of: 4 * width))
    var invalid: UInt64 = 0
    for block in 0..<count / (4 * width) {
      let (source, out) = (codes + width * block, UnsafeMutableRawPointer(weights + 4 * width * block))
      for offset in stride(from: 0, to: width, by: WeightWord.count) {
        let four = WeightWord.load(source, offset)
        invalid |= WeightWord.invalid(four)
        for row in 0..<4 {
          WeightWord.store(WeightWord.weights(of: four, shift: UInt64(6 - 2 * row)), to: out, width * row + offset)
        }
      }
    }
    return invalid == 0
  }
}

extension TernaryBlocks {
  /// The scale of one block of TQ1_0 or TQ2_0, as the bits of a half.
  @inline(__always)
  static func scaleBits(ofBlock block: UnsafeRawPointer, _ type: GGMLType) -> UInt16 {
    let offset = type == .tq1_0 ? tq1ScaleOffset : tq2ScaleOffset
    return UInt16(littleEndian: block.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }
}
