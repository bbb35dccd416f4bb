import ModelFiles
import Testing

/// What a GGUF file may say wrong about its vocabulary.
@Suite struct TokenizerMetadataTests {
  /// A change, the key that the error names, and what it says.
  struct Damage: CustomTestStringConvertible, Sendable {
    let base: String
    let key: String
    let says: String
    let change: @Sendable (inout TokenizerMetadata) -> Void

    var testDescription: String { "\(key): \(says)" }
  }

  static let damages: [Damage] = [
    Damage(base: "llama3", key: "model", says: "\"bert\" is not supported") { $0.model = "bert" },
    Damage(base: "llama3", key: "pre", says: "\"bloom\" is not known; known are falcon3, llama-bpe") {
      $0.pre = "bloom"
    },
    Damage(base: "llama3", key: "pre", says: "is missing") { $0.pre = nil },
    Damage(base: "llama3", key: "tokens", says: "0 tokens") { $0.tokens = [] },
    Damage(base: "llama3", key: "tokens", says: "has the token \"!\" twice, with ids 0 and 1") { $0.tokens[1] = "!" },
    Damage(base: "llama3", key: "tokens", says: "lacks the token \"Ġ\"") { $0.tokens[220] = "unlikely" },
    Damage(base: "llama3", key: "token_type", says: "is missing") { $0.tokenTypes = nil },
    Damage(base: "llama3", key: "token_type", says: "899 entries for 900 tokens") { $0.tokenTypes?.removeLast() },
    Damage(base: "llama3", key: "token_type", says: "9 of token 3 is no type") { $0.tokenTypes?[3] = 9 },
    Damage(base: "llama3", key: "merges", says: "is missing") { $0.merges = nil },
    Damage(base: "llama3", key: "merges", says: "[0] must be two tokens") { $0.merges?[0] = "a b c" },
    Damage(base: "llama3", key: "merges", says: "[1] needs \"zzzz\"") { $0.merges?[1] = "a zzzz" },
    Damage(base: "llama3", key: "bos_token_id", says: "900 has no token") { $0.beginOfText = 900 },
    Damage(base: "llama3", key: "bos_token_id", says: "is missing, but") { $0.beginOfText = nil },
    Damage(base: "llama3", key: "eos_token_id", says: "-1 has no token") { $0.endOfText = -1 },
    Damage(base: "spm", key: "scores", says: "is missing") { $0.scores = nil },
    Damage(base: "spm", key: "scores", says: "599 entries for 600 tokens") { $0.scores?.removeLast() },
    Damage(base: "spm", key: "scores", says: "nan of token 7 is no number") { $0.scores?[7] = .nan },
    Damage(base: "spm", key: "tokens", says: "lacks the token \"<0x41>\"") { $0.tokens[68] = "unlikely" },
    Damage(base: "spm", key: "tokens", says: "token 599 has 600 bytes") {
      $0.tokens[599] = String(repeating: "a", count: 600)
    },
  ]

  @Test(arguments: damages) func damagedMetadataAreRefusedByKey(damage: Damage) throws {
    var metadata = try TokenizerFixture(name: damage.base).metadata()
    damage.change(&metadata)
    let error = #expect(throws: ModelFileError.self) { try Tokenizer(metadata) }
    #expect(error?.part == "tokenizer.ggml." + damage.key, "\(String(describing: error))")
    #expect(error?.problem.contains(damage.says) == true, "\(String(describing: error))")
    #expect(error?.file == damage.base + ".gguf")
  }

  @Test func theVocabularyOfLlama3NeedsNoNameForItsExpression() throws {
    // The official GGUF file of BitNet b1.58 2B4T has 128256 tokens and no tokenizer.ggml.pre.
    var metadata = try TokenizerFixture(name: "llama3").metadata()
    let cases = try TokenizerFixture(name: "llama3").cases
    for pre in [nil, "default"] {
      metadata.pre = pre
      for id in metadata.tokens.count..<128_256 {
        metadata.tokens.append("[PAD\(id)]")
        metadata.tokenTypes?.append(5)
      }
      let tokenizer = try Tokenizer(metadata)
      #expect(tokenizer.vocabularySize == 128_256)
      for one in cases.prefix(20) { #expect(tokenizer.encode(one.text, addingSpecial: true) == one.ids_with_special) }
    }
  }

  @Test func keysSayWhatStandsAroundAText() throws {
    var metadata = try TokenizerFixture(name: "llama3").metadata()
    metadata.addsBeginOfText = false
    metadata.addsEndOfText = true
    metadata.endOfTurn = 899
    let tokenizer = try Tokenizer(metadata)
    #expect(tokenizer.encode("hi", addingSpecial: true) == tokenizer.encode("hi") + [891])
    #expect(tokenizer.specialTokens.beginOfText == 890 && tokenizer.specialTokens.endOfTurn == 899)
    #expect(tokenizer.specialTokens.endOfGeneration == [891, 899])
    var spm = try TokenizerFixture(name: "spm").metadata()
    spm.addsSpacePrefix = false
    let pieces = try Tokenizer(spm)
    #expect(pieces.encode("the") != (try TokenizerFixture(name: "spm").tokenizer().encode("the")))
    #expect(try pieces.decode(pieces.encode(" the")) == " the")
  }

  @Test func userDefinedTokensAreFoundInTextAndAreNotSpecial() throws {
    var metadata = try TokenizerFixture(name: "llama3").metadata()
    metadata.tokens[892] = "two words é"
    metadata.tokenTypes?[892] = 4
    let tokenizer = try Tokenizer(metadata)
    #expect(tokenizer.encode("a two words éb", parsingSpecial: false) == tokenizer.encode("a ") + [892, 65])
    #expect(try tokenizer.decode([892], skippingSpecial: true) == "two words é")
    #expect(tokenizer.token(892) == "two words é" && tokenizer.id(of: "two words é") == 892)
  }
}
