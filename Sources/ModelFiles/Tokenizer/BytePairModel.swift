/// Byte-pair encoding: a piece of text becomes symbols, symbols become tokens by merging neighbours.
///
/// Two forms of it. Byte-level: every byte is a symbol (GPT-2, Llama 3). SentencePiece's: every character is one, and a
/// character that the vocabulary lacks is spelled in byte tokens `<0xNN>`.
struct BytePairModel: Sendable {
  /// What a piece is made of before any merge.
  enum Symbols: Sendable {
    /// The tokens of the 256 bytes, -1 for those that no UTF-8 text has.
    case bytes([Int32])
    /// The tokens `<0x00>` to `<0xFF>` for characters that are not in the vocabulary.
    case characters(fallback: [Int32])
  }

  var vocabulary: Vocabulary
  var merges: Merges
  let symbols: Symbols
  /// Whether a piece that is a token is that token, whatever its merges (`ignore_merges`).
  let prefersWholePieces: Bool
  /// Characters that are no tokens but parts of some; the first has the id behind the vocabulary's last, and so on.
  ///
  /// They merge like tokens, and are spelled in bytes if they did not.
  let partialCharacters: [[UInt8]]
  /// The same, by character.
  let partialIDs: [[UInt8]: Int32]

  /// Where SentencePiece's text may be cut without any merge crossing: before a ▁ that follows another character.
  ///
  /// False where some merge makes a token that holds such a place. Then a text is one piece.
  let hasWordBoundaries: Bool

  init(
    vocabulary: Vocabulary, merges: Merges, symbols: Symbols, prefersWholePieces: Bool, mergedTokens: [Int32],
    partialCharacters: [[UInt8]] = []
  ) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.symbols = symbols
    self.prefersWholePieces = prefersWholePieces
    self.partialCharacters = partialCharacters
    let end = vocabulary.idEnd
    partialIDs = Dictionary(uniqueKeysWithValues: partialCharacters.enumerated().map { ($1, Int32(end + $0)) })
    hasWordBoundaries = !mergedTokens.contains { id in
      vocabulary.withBytes(of: id) { Self.firstWordBoundary(in: $0, from: 0) < $0.count }
    }
  }

  /// ▁, SentencePiece's visible space, in UTF-8.
  static let visibleSpace: [UInt8] = [0xe2, 0x96, 0x81]

  /// Whether a ▁ begins at `position`.
  @inline(__always)
  static func isVisibleSpace(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    text[position] == 0xe2 && position + 2 < text.count && text[position + 1] == 0x96 && text[position + 2] == 0x81
  }

  /// Where the first ▁ after `start` stands that follows something else, or the end of `text`.
  @inline(__always)
  static func firstWordBoundary(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var position = start
    var followsSpace = true
    while position < text.count {
      let isSpace = isVisibleSpace(text, at: position)
      if isSpace && !followsSpace && position > start { return position }
      followsSpace = isSpace
      position += isSpace ? 3 : 1
    }
    return text.count
  }
}
