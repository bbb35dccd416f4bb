/// How tokens become text.
struct TokenDecoder: Sendable, Equatable {
  /// Where the bytes of a token come from.
  enum Form: Sendable {
    /// A token is bytes.
    case byteLevel
    /// A token is text with ▁ for spaces, or one byte that is spelled `<0xNN>`.
    case sentencePiece
  }

  let form: Form
  /// How many spaces are cut off the beginning of a whole text: the one that the normalizer put there.
  let leadingSpaces: Int

  /// The value of a byte token's spelling, `<0x00>` to `<0xFF>`, or nil.
  static func byte(spelled spelling: UnsafeBufferPointer<UInt8>) -> UInt8? {
    guard spelling.count == 6, spelling.starts(with: "<0x".utf8), spelling[5] == UInt8(ascii: ">") else { return nil }
    return hexDigit(spelling[3]).flatMap { high in hexDigit(spelling[4]).map { high << 4 | $0 } }
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
