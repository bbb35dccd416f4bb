/// The printable stand-ins for bytes that byte-level vocabularies are written in (GPT-2's `bytes_to_unicode`).
///
/// Printable bytes of Latin-1 stand for themselves; the others, in order, for U+0100, U+0101, …: a space is "Ġ".
enum ByteAlphabet {
  /// The scalar that stands for each byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt32(0)...255).map { byte in
      if isPrintable(byte) { return Unicode.Scalar(UInt8(byte)) }
      defer { next += 1 }
      // U+0100 to U+0143 are scalars.
      return Unicode.Scalar(next)!
    }
  }()

  /// The byte that each scalar below U+0144 stands for, or nil.
  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = UInt8(byte) }
    return bytes
  }()

  private static func isPrintable(_ byte: UInt32) -> Bool {
    0x21...0x7e ~= byte || 0xa1...0xac ~= byte || 0xae...0xff ~= byte
  }

  /// Appends the bytes that `spelling` stands for; false, with nothing appended, if it holds another character.
  static func append(_ spelling: UnsafeBufferPointer<UInt8>, to arena: inout [UInt8]) -> Bool {
    let start = arena.count
    var position = 0
    while position < spelling.count {
      guard let step = UTF8Text.scalar(spelling, at: position), step.scalar.value < 0x144,
        let byte = bytes[Int(step.scalar.value)]
      else {
        arena.removeSubrange(start...)
        return false
      }
      arena.append(byte)
      position += step.length
    }
    return true
  }

  /// How a vocabulary spells these bytes.
  static func spelling(of bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalars[Int(byte)]) }
    return String(text)
  }
}
