import Foundation
import ModelFiles
import Testing

/// What must hold for every text.
@Suite struct TokenizerTextTests {
  /// Text of scalars from everywhere, with what expressions look at more often.
  static func randomText(_ generator: inout SeededGenerator) -> String {
    let often: [Unicode.Scalar] = [
      " ", " ", "\n", "\r", "\t", "'", "s", "L", "é", "1", "½", "ſ", "中", "\u{301}", "/", "▁",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...40, using: &generator) {
      let any = Unicode.Scalar(UInt32.random(in: 0...0x10ffff, using: &generator))
      let near = Unicode.Scalar(UInt32.random(in: 0...0x3000, using: &generator))
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: text.append(any ?? " ")
      case 1: text.append(near ?? " ")
      default: text.append(often.randomElement(using: &generator) ?? " ")
      }
    }
    return String(text)
  }

  @Test(arguments: ["llama3", "gpt4o"]) func byteLevelTextComesBack(name: String) throws {
    let tokenizer = try TokenizerFixture(name: name).tokenizer()
    var generator = SeededGenerator(state: 7)
    for _ in 0..<400 {
      let text = Self.randomText(&generator)
      let ids = tokenizer.encode(text)
      #expect(try tokenizer.decode(ids) == text)
      #expect(try tokenizer.streamed(ids) == text)
      #expect(ids.allSatisfy { 0 <= $0 && Int($0) < tokenizer.vocabularySize })
    }
  }

  @Test func sentencePieceTextComesBackWithSpacesForItsVisibleOnes() throws {
    let tokenizer = try TokenizerFixture(name: "spm").tokenizer()
    var generator = SeededGenerator(state: 8)
    for _ in 0..<400 {
      let text = Self.randomText(&generator)
      let ids = tokenizer.encode(text)
      // By scalars: a ▁ with an accent is one character, and still a space.
      let expected = text.unicodeScalars.map { $0 == "▁" ? " " : $0 }
      #expect(try tokenizer.decode(ids).unicodeScalars.elementsEqual(expected))
      #expect(try tokenizer.streamed(ids).unicodeScalars.elementsEqual(expected))
    }
  }

  // MARK: Streams

  @Test func aStreamHoldsABrokenCharacterUntilItIsWhole() throws {
    for fixture in TokenizerFixture.all {
      let tokenizer = try fixture.tokenizer()
      var stream = StreamingDetokenizer(tokenizer)
      var pieces: [String] = []
      for id in tokenizer.encode("a😀é中") { pieces.append(try stream.append(id)) }
      #expect(pieces.joined() == "a😀é中" && stream.finish() == "")
      #expect(pieces.contains(""), "\(fixture.name) has no token that is a part of a character")
      #expect(!pieces.joined().contains("\u{FFFD}"))
    }
  }

  @Test func anUnfinishedCharacterEndsAsAReplacement() throws {
    let bytes = try TokenizerFixture(name: "llama3").tokenizer()
    let ids = bytes.encode("中")
    #expect(ids.count > 1)
    #expect(try bytes.streamed(ids.dropLast()) == "\u{FFFD}")
    #expect(try bytes.decode(ids.dropLast()) == "\u{FFFD}")
    let pieces = try TokenizerFixture(name: "spm").tokenizer()
    let two = try [0xe4, 0xb8].map { try #require(pieces.id(of: String(format: "<0x%02X>", $0))) }
    #expect(try pieces.streamed(two) == "\u{FFFD}\u{FFFD}" && pieces.decode(two) == "\u{FFFD}\u{FFFD}")
  }

  @Test func arbitraryBytesStreamAsTheyDecode() throws {
    let tokenizer = try TokenizerFixture(name: "llama3").tokenizer()
    var generator = SeededGenerator(state: 9)
    for _ in 0..<400 {
      let ids = (0..<12).map { _ in Int32.random(in: 0..<256, using: &generator) }
      #expect(try tokenizer.streamed(ids) == tokenizer.decode(ids), "\(ids)")
    }
  }

  @Test func aStreamThatContinuesKeepsItsFirstSpace() throws {
    let tokenizer = try TokenizerFixture(name: "spm").tokenizer()
    let ids = tokenizer.encode("there")
    var own = StreamingDetokenizer(tokenizer)
    var continuing = StreamingDetokenizer(tokenizer, continuing: true)
    #expect(try ids.map { try own.append($0) }.joined() == "there")
    #expect(try ids.map { try continuing.append($0) }.joined() == " there")
  }

  // MARK: Ids

  @Test func anIDWithoutATokenIsNamed() throws {
    let tokenizer = try TokenizerFixture(name: "gpt4o").tokenizer()
    var stream = StreamingDetokenizer(tokenizer)
    for id in [-1, Int32(tokenizer.vocabularySize), .max, .min] {
      let error = #expect(throws: ModelFileError.self) { try tokenizer.decode([64, id]) }
      #expect(error?.part == "id \(id)" && error?.problem.contains("0 to 699") == true)
      #expect(throws: ModelFileError.self) { try stream.append(id) }
      #expect(tokenizer.token(id) == nil)
    }
    #expect(tokenizer.token(699) == "<|end|>" && tokenizer.id(of: "<|end|>") == 699)
    #expect(tokenizer.id(of: "Ġthe") != nil && tokenizer.id(of: " the") == nil)
    #expect(tokenizer.specialTokens.endOfGeneration == [693, 699])
  }

  // MARK: Long words

  @Test func aLongWordIsMergedAsAShortOneIs() throws {
    // Below and above the length where another search for the next merge takes over, the result is the same merges.
    let tokenizer = try TokenizerFixture(name: "gpt4o").tokenizer()
    for count in 1...100 {
      let word = String(repeating: "the", count: count)
      #expect(tokenizer.encode(word) == naiveMerge(word, tokenizer), "\(count)")
    }
  }

  @Test func aVeryLongWordTakesNoTimeToSpeakOf() throws {
    // Quadratic time would be hours.
    let tokenizer = try TokenizerFixture(name: "gpt4o").tokenizer()
    let word = String(repeating: "tiontheandin", count: 20_000)
    let ids = tokenizer.encode(word)
    #expect(try tokenizer.decode(ids) == word)
  }

  /// Merges by their definition: the lowest rank anywhere, leftmost, until there is none.
  private func naiveMerge(_ word: String, _ tokenizer: Tokenizer) -> [Int32] {
    let merges = (try? TokenizerFixture(name: "gpt4o").metadata().merges) ?? []
    let ranks = Dictionary(uniqueKeysWithValues: merges.enumerated().map { ($1, $0) })
    var parts = word.map(String.init)
    while true {
      let best = parts.indices.dropLast().compactMap { i in
        ranks["\(parts[i]) \(parts[i + 1])"].map { (rank: $0, place: i) }
      }.min { ($0.rank, $0.place) < ($1.rank, $1.place) }
      guard let best else { return parts.compactMap { tokenizer.id(of: $0) } }
      parts[best.place] += parts.remove(at: best.place + 1)
    }
  }
}
