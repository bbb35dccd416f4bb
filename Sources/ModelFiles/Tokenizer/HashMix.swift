/// The hash of the tokenizer's tables: two multiplications, and a seed of this process.
///
/// The seed is there because a file could else be made whose keys all collide, which would take minutes to load.
enum HashMix {
  private static let seed = UInt64.random(in: .min ... .max) | 1

  /// Odd 64-bit constants with about half of their bits set: the golden ratio and the square root of 2, as fractions.
  private static let golden: UInt64 = 0x9e37_79b9_7f4a_7c15
  private static let root: UInt64 = 0x6a09_e667_f3bc_c909

  @inline(__always)
  static func hash(_ key: UInt64, seed: UInt64 = seed) -> UInt64 {
    fold(fold(key ^ seed, golden) ^ seed, root)
  }

  /// The hash of some bytes, eight at a time.
  @inline(__always)
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let seed = seed
    var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
    var position = 0
    while position + 8 <= bytes.count {
      state = fold(state ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self), golden) ^ seed
      position += 8
    }
    var rest: UInt64 = 0
    while position < bytes.count {
      rest = rest << 8 | UInt64(bytes[position])
      position += 1
    }
    return hash(state ^ rest, seed: seed)
  }

  /// The halves of the 128-bit product, together.
  @inline(__always)
  private static func fold(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let (high, low) = one.multipliedFullWidth(by: other)
    return high ^ low
  }
}
