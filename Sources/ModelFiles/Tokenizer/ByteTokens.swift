/// The tokens that single bytes have, and the check that none is missing: text would be lost without a word.
enum ByteTokens {
  /// Bytes that UTF-8 text can have (Unicode 16, table 3-7).
  private static let ofText = (0...255).filter { $0 < 0xc0 || 0xc2...0xf4 ~= $0 }

  /// Of a byte-level vocabulary: the token of each byte, -1 for those that no text has.
  static func ofByteLevel(_ vocabulary: Vocabulary, file: String, part: String) throws -> [Int32] {
    try tokens(file: file, part: part) { byte in
      (
        withUnsafePointer(to: byte) { vocabulary.id(of: UnsafeBufferPointer(start: $0, count: 1)) },
        ByteAlphabet.spelling(of: [byte])
      )
    }
  }

  /// Of a vocabulary with byte fallback: the token `<0xNN>` of each byte.
  static func ofFallback(_ vocabulary: Vocabulary, file: String, part: String) throws -> [Int32] {
    try tokens(file: file, part: part) { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      let name = "<0x\(byte < 16 ? "0" : "")\(digits)>"
      return (vocabulary.id(spelled: name) ?? -1, name)
    }
  }

  private static func tokens(
    file: String, part: String, _ find: (UInt8) -> (id: Int32, name: String)
  ) throws -> [Int32] {
    let found = (UInt8.min...UInt8.max).map(find)
    if let missing = ofText.first(where: { found[$0].id < 0 }) {
      throw ModelFileError(
        file: file, part: part,
        problem: "lacks the token \"\(found[missing].name)\" for the byte \(missing); text with it would be lost")
    }
    return found.map(\.id)
  }
}
