// ggml's formats of 256 weights: each 16 or 32 of them have a scale of a few bits, in units of the block's half d.

extension BlockDecoder {
  /// 16 bytes of scales (low nibble) and minima (high nibble), 64 bytes of two bits, d, dmin: d·s·n − dmin·m.
  static func decodeQ2K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let (d, dmin) = (half(block, at: 80), half(block, at: 82))
    for group in 0..<16 {
      let pair = byte(block, group)
      let (scale, least) = (d * Float(pair & 15), dmin * Float(pair >> 4))
      // 128 weights share 32 bytes: eight groups, two to each pair of bits.
      let (half, row) = (group / 8, group % 8)
      let (first, shift) = (16 + 32 * half + row % 2 * 16, UInt8(row / 2 * 2))
      for i in 0..<16 {
        out[16 * group + i] = scale * Float(byte(block, first + i) >> shift & 3) - least
      }
    }
  }

  /// 32 bytes of third bits, 64 bytes of two bits, 16 scales of six bits in 12 bytes, d: d·(s − 32)·n, n in −4…3.
  static func decodeQ3K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = half(block, at: 108)
    for group in 0..<16 {
      let low = byte(block, 96 + group % 8) >> UInt8(group / 8 * 4) & 15
      let high = byte(block, 104 + group % 4) >> UInt8(group / 4 * 2) & 3
      let scale = d * Float(Int(low | high << 4) - 32)
      let row = group / 2
      let (quarter, column) = (32 * (row / 4), group % 2 * 16)
      for i in 0..<16 {
        let code = Int(byte(block, 32 + quarter + column + i) >> UInt8(row % 4 * 2) & 3)
        let bit = Int(byte(block, column + i) >> UInt8(row) & 1)
        out[16 * group + i] = scale * Float(code - 4 + 4 * bit)
      }
    }
  }

  /// d, dmin, eight scales and minima of six bits in 12 bytes, 128 bytes of nibbles: d·s·n − dmin·m.
  static func decodeQ4K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    for group in 0..<8 {
      let (scale, least) = sixBitScales(block, group)
      for i in 0..<32 {
        let pair = byte(block, 16 + group / 2 * 32 + i)
        out[32 * group + i] = scale * Float(group % 2 == 0 ? pair & 15 : pair >> 4) - least
      }
    }
  }

  /// As Q4_K, with 32 bytes of fifth bits before the nibbles.
  static func decodeQ5K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    for group in 0..<8 {
      let (scale, least) = sixBitScales(block, group)
      for i in 0..<32 {
        let pair = byte(block, 48 + group / 2 * 32 + i)
        let bit = byte(block, 16 + i) >> UInt8(group) & 1
        out[32 * group + i] = scale * Float((group % 2 == 0 ? pair & 15 : pair >> 4) | bit << 4) - least
      }
    }
  }

  /// 128 bytes of low nibbles, 64 bytes of two high bits, 16 scales of eight bits, d: d·s·(n − 32).
  static func decodeQ6K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = half(block, at: 208)
    for group in 0..<16 {
      let scale = d * Float(block.load(fromByteOffset: 192 + group, as: Int8.self))
      let (half, row, column) = (group / 8, group % 8 / 2, group % 2 * 16)
      for i in 0..<16 {
        let pair = byte(block, 64 * half + 32 * (row % 2) + column + i)
        let low = row < 2 ? pair & 15 : pair >> 4
        let high = byte(block, 128 + 32 * half + column + i) >> UInt8(2 * row) & 3
        out[16 * group + i] = scale * Float(Int(low | high << 4) - 32)
      }
    }
  }

  /// The scale and the minimum of one 32 weights: four in the low six bits of bytes 0–3 and 4–7, four in nibbles of bytes
  /// 8–11 with their two high bits on top of the others.
  private static func sixBitScales(_ block: UnsafeRawPointer, _ group: Int) -> (scale: Float, least: Float) {
    func packed(_ index: Int) -> UInt8 { byte(block, 4 + index) }
    let scale: UInt8
    let least: UInt8
    if group < 4 {
      (scale, least) = (packed(group) & 63, packed(group + 4) & 63)
    } else {
      scale = packed(group + 4) & 15 | (packed(group - 4) >> 6) << 4
      least = packed(group + 4) >> 4 | (packed(group) >> 6) << 4
    }
    return (half(block, at: 0) * Float(scale), half(block, at: 2) * Float(least))
  }
}
