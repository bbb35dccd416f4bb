/// UTF-8 by hand, for bytes that are too many to become a String first.
enum UTF8Text {
  /// A scalar and how many bytes it took.
  struct Step {
    let scalar: Unicode.Scalar
    let length: Int
  }

  /// The scalar that begins at `position`, or nil if the bytes there are none (Unicode 16, table 3-7).
  @inline(__always)
  static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Step? {
    let first = bytes[position]
    if first < 0x80 { return Step(scalar: Unicode.Scalar(first), length: 1) }
    let length = expectedLength(first)
    guard length > 0, position + length <= bytes.count, secondIsValid(first, bytes[position + 1]) else { return nil }
    // The lead byte keeps 5, 4 or 3 bits, every other byte 6.
    var value = UInt32(first) & (0x7f >> UInt32(length))
    for i in 1..<length {
      let next = bytes[position + i]
      guard next & 0xc0 == 0x80 else { return nil }
      value = value << 6 | UInt32(next & 0x3f)
    }
    return Unicode.Scalar(value).map { Step(scalar: $0, length: length) }
  }

  /// Where the first byte stands that is not part of any scalar, or nil if all of `bytes` is UTF-8.
  static func firstInvalid(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    let raw = UnsafeRawBufferPointer(bytes)
    while position < bytes.count {
      // Eight ASCII bytes at a time: nearly all of a vocabulary file.
      while position + 8 <= bytes.count,
        raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        position += 8
      }
      guard position < bytes.count else { return nil }
      guard let step = scalar(bytes, at: position) else { return position }
      position += step.length
    }
    return nil
  }

  /// How many bytes at the end of `bytes` begin a scalar that the next bytes may complete: 0 to 3.
  static func incompleteTail(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    for back in 1...3 where back <= bytes.count {
      let start = bytes.count - back
      let first = bytes[start]
      if first & 0xc0 == 0x80 { continue }
      guard expectedLength(first) > back else { return 0 }
      return back == 1 || secondIsValid(first, bytes[start + 1]) ? back : 0
    }
    return 0
  }

  /// Bytes of the scalar that `first` leads, 0 if it leads none.
  static func expectedLength(_ first: UInt8) -> Int {
    switch first {
    case 0..<0x80: 1
    case 0xc2...0xdf: 2
    case 0xe0...0xef: 3
    case 0xf0...0xf4: 4
    default: 0
    }
  }

  /// Whether `second` may follow `first`: shuts out overlong forms, surrogates and what lies above U+10FFFF.
  private static func secondIsValid(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case 0xe0: 0xa0...0xbf ~= second
    case 0xed: 0x80...0x9f ~= second
    case 0xf0: 0x90...0xbf ~= second
    case 0xf4: 0x80...0x8f ~= second
    default: second & 0xc0 == 0x80
    }
  }
}
