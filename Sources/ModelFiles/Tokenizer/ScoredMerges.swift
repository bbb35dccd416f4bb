/// SentencePiece's merges, which no file lists: two neighbours merge if together they are a token, and the token with
/// the highest score goes first.
///
/// All pairs are found once, when the model is loaded, so that encoding is that of any other byte-pair vocabulary.
struct ScoredMerges {
  /// A token is tried at every place where it could be cut, so that a monster would take forever; the longest of
  /// published vocabularies have a tenth of this.
  private static let tokenBytesMax = 512

  private(set) var merges: Merges
  private(set) var mergedTokens: [Int32] = []
  /// Characters that occur in tokens and are none themselves.
  private(set) var partialCharacters: [[UInt8]] = []
  private var partialIDs: [[UInt8]: Int32] = [:]
  private let isText: [Bool]

  init(_ metadata: TokenizerMetadata, _ vocabulary: Vocabulary) throws {
    guard let scores = metadata.scores else {
      throw metadata.error("ggml.scores", "is missing; convert the model again")
    }
    guard scores.count == vocabulary.idEnd else {
      throw metadata.error("ggml.scores", "has \(scores.count) entries for \(vocabulary.idEnd) tokens")
    }
    if let id = scores.firstIndex(where: { !$0.isFinite }) {
      throw metadata.error("ggml.scores", "\(scores[id]) of token \(id) is no number; the file is damaged")
    }
    isText = try metadata.types().map { [.normal, .userDefined, .unused].contains($0) }
    merges = Merges(capacity: 4 * vocabulary.idEnd)
    // Equal scores have equal ranks: the leftmost of them goes first.
    let ranks = Dictionary(
      uniqueKeysWithValues: Set(scores).sorted(by: >).enumerated().map { ($1, $0) })
    for id in 0..<Int32(vocabulary.idEnd) where isText[Int(id)] {
      try vocabulary.withBytes(of: id) { token in
        guard token.count <= Self.tokenBytesMax else {
          throw metadata.error("ggml.tokens", "token \(id) has \(token.count) bytes; the most is \(Self.tokenBytesMax)")
        }
        addMerges(into: id, token, rank: ranks[scores[Int(id)]] ?? 0, vocabulary)
      }
    }
  }

  /// Adds every way to make a token of two.
  private mutating func addMerges(
    into id: Int32, _ token: UnsafeBufferPointer<UInt8>, rank: Int, _ vocabulary: Vocabulary
  ) {
    var cut = 0
    while true {
      cut += max(UTF8Text.expectedLength(token.isEmpty ? 0 : token[cut]), 1)
      guard cut < token.count else { return }
      if let left = part(token[..<cut], vocabulary), let right = part(token[cut...], vocabulary) {
        // Different tokens have different bytes, so that no pair is met twice.
        if merges.add(left, right, rank: rank, into: id) { mergedTokens.append(id) }
      }
    }
  }

  /// The id of a part of a token: a token, or a single character behind the vocabulary's end.
  private mutating func part(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ vocabulary: Vocabulary) -> Int32? {
    let id = vocabulary.id(of: UnsafeBufferPointer(rebasing: bytes))
    if id >= 0 && isText[Int(id)] { return id }
    guard id < 0, let first = bytes.first, bytes.count == max(UTF8Text.expectedLength(first), 1) else { return nil }
    let character = Array(bytes)
    if let known = partialIDs[character] { return known }
    let new = Int32(vocabulary.idEnd + partialCharacters.count)
    partialCharacters.append(character)
    partialIDs[character] = new
    return new
  }
}
