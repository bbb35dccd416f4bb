extension TernaryBlocks {
  /// Writes `count` weights, a multiple of 128, as I2_S in blocks of 128, as `readI2S` reads them.
  static func writeI2S(_ weights: UnsafePointer<Int8>, count: Int, into out: UnsafeMutableRawPointer) {
    for block in 0..<count / i2SBlock {
      pack(weights + i2SBlock * block, into: out + 32 * block) { 6 - 2 * $0 }
    }
  }

  /// Writes 256 weights as one TQ2_0 block; the scale of nothing but zeros is 0, as ggml's quantizer has it.
  static func writeTQ2(_ weights: UnsafePointer<Int8>, scale: UInt16, into out: UnsafeMutableRawPointer) {
    for half in 0..<2 { pack(weights + 128 * half, into: out + 32 * half) { 2 * $0 } }
    write(scale, of: weights, at: tq2ScaleOffset, to: out)
  }

  /// Writes 256 weights as one TQ1_0 block; the scale of nothing but zeros is 0.
  static func writeTQ1(_ weights: UnsafePointer<Int8>, scale: UInt16, into out: UnsafeMutableRawPointer) {
    for m in 0..<32 { out.storeBytes(of: fraction(weights + m, 5, stride: 32), toByteOffset: m, as: UInt8.self) }
    for m in 0..<16 {
      out.storeBytes(of: fraction(weights + 160 + m, 5, stride: 16), toByteOffset: 32 + m, as: UInt8.self)
    }
    for m in 0..<4 {
      out.storeBytes(of: fraction(weights + 240 + m, 4, stride: 4), toByteOffset: 48 + m, as: UInt8.self)
    }
    write(scale, of: weights, at: tq1ScaleOffset, to: out)
  }

  /// Trits as a fraction of 243 in 256 parts, rounded up, so that truncation finds each of them again.
  private static func fraction(_ weights: UnsafePointer<Int8>, _ trits: Int, stride: Int) -> UInt8 {
    var value = 0
    for n in 0..<5 { value = 3 * value + (n < trits ? Int(weights[n * stride]) + 1 : 0) }
    return UInt8((value * 256 + 242) / 243)
  }

  private static func write(
    _ scale: UInt16, of weights: UnsafePointer<Int8>, at offset: Int, to out: UnsafeMutableRawPointer
  ) {
    let isZero = UnsafeBufferPointer(start: weights, count: tqBlock).allSatisfy { $0 == 0 }
    out.storeBytes(of: isZero ? 0 : scale.littleEndian, toByteOffset: offset, as: UInt16.self)
  }

  /// 128 weights in 32 bytes: four rows of 32, of which row r stands `shift(r)` bits up.
  @inline(__always)
  private static func pack(
    _ weights: UnsafePointer<Int8>, into out: UnsafeMutableRawPointer, shift: (UInt64) -> UInt64
  ) {
    for offset in stride(from: 0, to: 32, by: WeightWord.count) {
      var bytes: UInt64 = 0
      for row in 0..<4 {
        let word = WeightWord.load(UnsafeRawPointer(weights), 32 * row + offset)
        bytes |= WeightWord.codes(ofWeights: word) &<< shift(UInt64(row))
      }
      WeightWord.store(bytes, to: out, offset)
    }
  }
}
