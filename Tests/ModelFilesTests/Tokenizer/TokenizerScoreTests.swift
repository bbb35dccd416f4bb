import ModelFiles
import Testing

/// SentencePiece's merges by score, against their definition, on vocabularies that no trainer would make.
@Suite struct TokenizerScoreTests {
  private static let characters = ["a", "b", "é", "▁", "中"]

  /// Byte tokens, some of the characters, and random tokens of them with few different scores.
  private func metadata(_ generator: inout SeededGenerator) -> TokenizerMetadata {
    var tokens = ["<unk>", "<s>"]
    var types: [Int32] = [2, 3]
    for byte in 0...255 {
      let digits = String(byte, radix: 16, uppercase: true)
      tokens.append("<0x\(byte < 16 ? "0" : "")\(digits)>")
      types.append(6)
    }
    var texts = Set(Self.characters.filter { _ in Int.random(in: 0..<4, using: &generator) > 0 })
    for _ in 0..<25 {
      let length = Int.random(in: 2...5, using: &generator)
      texts.insert((0..<length).map { _ in Self.characters.randomElement(using: &generator) ?? "a" }.joined())
    }
    tokens += texts.sorted()
    types += texts.map { _ in 1 }
    var metadata = TokenizerMetadata(file: "random.gguf", model: "llama", tokens: tokens, tokenTypes: types)
    metadata.scores = tokens.map { _ in Float(Int.random(in: -6...0, using: &generator)) }
    metadata.beginOfText = 1
    return metadata
  }

  /// Merges the neighbours whose union is the token with the highest score, leftmost, until none is a token.
  private func naiveIDs(_ text: String, _ metadata: TokenizerMetadata) -> [Int32] {
    var ids: [String: Int] = [:]
    for (id, token) in metadata.tokens.enumerated() where metadata.tokenTypes?[id] == 1 { ids[token] = id }
    var parts = text.isEmpty ? [] : ("▁" + text.replacing(" ", with: "▁")).unicodeScalars.map { String($0) }
    while true {
      let best = parts.indices.dropLast().compactMap { i in
        ids[parts[i] + parts[i + 1]].map { (score: metadata.scores?[$0] ?? 0, place: i) }
      }.max { ($0.score, -$0.place) < ($1.score, -$1.place) }
      guard let best else { break }
      parts[best.place] += parts.remove(at: best.place + 1)
    }
    return parts.flatMap { part in ids[part].map { [Int32($0)] } ?? part.utf8.map { Int32($0) + 2 } }
  }

  @Test func mergesFollowTheScores() throws {
    var generator = SeededGenerator(state: 21)
    for _ in 0..<40 {
      let metadata = metadata(&generator)
      let tokenizer = try Tokenizer(metadata)
      for _ in 0..<20 {
        let text = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
          (Self.characters + [" ", "x"]).randomElement(using: &generator) ?? "a"
        }.joined()
        #expect(tokenizer.encode(text) == naiveIDs(text, metadata), "\(text) with \(metadata.tokens.dropFirst(258))")
        // A ▁ that is no token is spelled in bytes, and comes back as itself.
        guard tokenizer.id(of: "▁") != nil else { continue }
        #expect(try tokenizer.decode(tokenizer.encode(text)) == text.replacing("▁", with: " "))
      }
    }
  }
}
