/// Eight ternary weights in the bytes of one word, decoded and checked together.
///
/// Plain integer operations, none of which carries from one byte into the next, and no branch per weight: the compiler
/// makes vectors of them on every processor, which it does not of `SIMD` types in generic code.
enum WeightWord {
  /// Weights of a word.
  static let count = 8
  /// The two low bits of every byte: where a code stands.
  static let codeMask: UInt64 = 0x0303_0303_0303_0303
  /// The lower bit of every two.
  static let pairMask: UInt64 = 0x5555_5555_5555_5555

  private static let highBits: UInt64 = 0x8080_8080_8080_8080
  private static let lowBits: UInt64 = 0x7f7f_7f7f_7f7f_7f7f

  /// Codes 0, 1 and 2 as weights -1, 0 and +1.
  @inline(__always)
  static func weights(ofCodes codes: UInt64) -> UInt64 { (codes &+ lowBits) ^ highBits }

  /// Weights -1, 0 and +1 as codes 0, 1 and 2; any other byte becomes another byte.
  @inline(__always)
  static func codes(ofWeights weights: UInt64) -> UInt64 {
    ((weights & lowBits) &+ 0x0101_0101_0101_0101) ^ (weights & highBits)
  }

  /// The codes of two bits that are 3, which stands for nothing, as bits at their places; 0 where there are none.
  @inline(__always)
  static func invalid(_ packed: UInt64) -> UInt64 { packed & (packed &>> 1) & pairMask }

  /// The weights of one row of a packing with `shift` bits below each code.
  @inline(__always)
  static func weights(of packed: UInt64, shift: UInt64) -> UInt64 { weights(ofCodes: packed &>> shift & codeMask) }

  @inline(__always)
  static func load(_ source: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  @inline(__always)
  static func store(_ weights: UInt64, to out: UnsafeMutableRawPointer, _ offset: Int) {
    out.storeBytes(of: weights, toByteOffset: offset, as: UInt64.self)
  }

  /// Calls `body` for each word of `count` bytes, with the bytes of one that are left over behind zeros.
  ///
  /// `body` gets a word and gives the one to be written; the zeros of the last one are written nowhere.
  @inline(__always)
  static func map(
    _ source: UnsafeRawPointer, count: Int, into out: UnsafeMutablePointer<Int8>, _ body: (UInt64) -> UInt64
  ) {
    let bytes = UnsafeMutableRawPointer(out)
    let whole = count & ~7
    for offset in stride(from: 0, to: whole, by: 8) { store(body(load(source, offset)), to: bytes, offset) }
    guard whole < count else { return }
    var last: UInt64 = 0
    withUnsafeMutableBytes(of: &last) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: source + whole, count: count - whole))
    }
    last = body(last)
    withUnsafeBytes(of: &last) { (bytes + whole).copyMemory(from: $0.baseAddress!, byteCount: count - whole) }
  }
}
