import Kernels

/// Decodes ggml's blocks to floats, to the bit as ggml's reference (gguf-py's `quants.py`): every product and every sum
/// is rounded on its own.
///
/// Scales are halves; where a block has one they stand in `d`, and a smallest value in `m`.
enum BlockDecoder {
  /// Decodes one block of `type` into `type.blockWeights` floats.
  static func decode(_ type: GGMLType, _ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    switch type {
    case .q4_0: decodeQ4_0(block, into: out)
    case .q4_1: decodeQ4_1(block, into: out)
    case .q5_0: decodeQ5_0(block, into: out)
    case .q5_1: decodeQ5_1(block, into: out)
    case .q8_0: decodeQ8_0(block, into: out)
    case .q2K: decodeQ2K(block, into: out)
    case .q3K: decodeQ3K(block, into: out)
    case .q4K: decodeQ4K(block, into: out)
    case .q5K: decodeQ5K(block, into: out)
    case .q6K: decodeQ6K(block, into: out)
    case .tq1_0: decodeTernary(block, scaleAt: TernaryBlocks.tq1ScaleOffset, into: out, TernaryBlocks.readTQ1)
    case .tq2_0: decodeTernary(block, scaleAt: TernaryBlocks.tq2ScaleOffset, into: out, TernaryBlocks.readTQ2)
    default: preconditionFailure("\(type.name) is not readable")
    }
  }

  /// The half at a byte offset.
  @inline(__always)
  static func half(_ block: UnsafeRawPointer, at offset: Int) -> Float {
    FloatFormats.float(half: UInt16(littleEndian: block.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  @inline(__always)
  static func byte(_ block: UnsafeRawPointer, _ offset: Int) -> UInt8 {
    block.load(fromByteOffset: offset, as: UInt8.self)
  }

  // MARK: - 32 weights: byte i holds weights i and i + 16

  /// d, 16 bytes of nibbles: d·(n − 8).
  private static func decodeQ4_0(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = half(block, at: 0)
    for i in 0..<16 {
      let pair = byte(block, 2 + i)
      out[i] = Float(Int(pair & 15) - 8) * d
      out[i + 16] = Float(Int(pair >> 4) - 8) * d
    }
  }

  /// d, m, 16 bytes of nibbles: d·n + m.
  private static func decodeQ4_1(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let (d, m) = (half(block, at: 0), half(block, at: 2))
    for i in 0..<16 {
      let pair = byte(block, 4 + i)
      out[i] = d * Float(pair & 15) + m
      out[i + 16] = d * Float(pair >> 4) + m
    }
  }

  /// d, 32 fifth bits, 16 bytes of nibbles: d·(n − 16).
  private static func decodeQ5_0(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = half(block, at: 0)
    fiveBits(block, highAt: 2) { out[$0] = d * Float(Int($1) - 16) }
  }

  /// d, m, 32 fifth bits, 16 bytes of nibbles: d·n + m.
  private static func decodeQ5_1(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let (d, m) = (half(block, at: 0), half(block, at: 2))
    fiveBits(block, highAt: 4) { out[$0] = d * Float($1) + m }
  }

  private static func fiveBits(_ block: UnsafeRawPointer, highAt offset: Int, _ body: (Int, UInt8) -> Void) {
    let high = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    for i in 0..<16 {
      let pair = byte(block, offset + 4 + i)
      body(i, pair & 15 | UInt8(high >> UInt32(i) & 1) << 4)
      body(i + 16, pair >> 4 | UInt8(high >> UInt32(i + 16) & 1) << 4)
    }
  }

  /// d, 32 numbers: d·n.
  private static func decodeQ8_0(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = half(block, at: 0)
    for i in 0..<32 { out[i] = Float(block.load(fromByteOffset: 2 + i, as: Int8.self)) * d }
  }

  // MARK: - Ternary

  /// 256 weights of -1, 0 and +1, then d behind them.
  private static func decodeTernary(
    _ block: UnsafeRawPointer, scaleAt offset: Int, into out: UnsafeMutablePointer<Float>,
    _ read: (UnsafeRawPointer, UnsafeMutablePointer<Int8>) -> Bool
  ) {
    let d = half(block, at: offset)
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: 256) { weights in
      _ = read(block, weights.baseAddress!)
      for i in 0..<256 { out[i] = d * Float(weights[i]) }
    }
  }
}
