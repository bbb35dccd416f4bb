/// The pieces of text that a byte-level vocabulary is learnt from and written for: Llama 3's, whose expression every
/// reader of tokenizer files knows.
public enum BytePieces {
  /// The splitting expression as tokenizer files state it.
  public static var pattern: String { PieceExpression.llama3.pattern }

  /// Calls `body` with the bytes of each piece of a text, in order.
  public static func forEach(in text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    var text = text
    text.withUTF8 { bytes in
      CharacterClass.basicPlane.withUnsafeBufferPointer { classes in
        let scanner = PieceScanner(text: bytes, classes: classes)
        var position = 0
        while position < bytes.count {
          let end = PieceExpression.llama3.end(of: position, in: scanner)
          body(UnsafeBufferPointer(rebasing: bytes[position..<end]))
          position = end
        }
      }
    }
  }

  /// How a byte-level vocabulary spells bytes: a space is "Ġ".
  public static func spelling(of bytes: some Sequence<UInt8>) -> String { ByteAlphabet.spelling(of: bytes) }
}
