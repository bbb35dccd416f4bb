import Foundation
import ModelFiles
import Testing

/// Ids and texts against the reference's.
@Suite struct TokenizerOracleTests {
  private func check(_ tokenizer: Tokenizer, _ cases: [TokenizerFixture.Case]) throws {
    #expect(!cases.isEmpty)
    for one in cases {
      let text = one.text.debugDescription
      #expect(tokenizer.encode(one.text) == one.ids, "\(text)")
      #expect(tokenizer.encode(one.text, addingSpecial: true) == one.ids_with_special, "\(text)")
      #expect(try tokenizer.decode(one.ids) == one.decoded, "\(text)")
      #expect(try tokenizer.decode(one.ids, skippingSpecial: true) == one.decoded_skip, "\(text)")
      #expect(try tokenizer.streamed(one.ids) == one.decoded, "\(text)")
      #expect(try tokenizer.streamed(one.ids, skippingSpecial: true) == one.decoded_skip, "\(text)")
      if let plain = one.ids_plain ?? one.llamacpp_ids_plain {
        #expect(tokenizer.encode(one.text, parsingSpecial: false) == plain, "\(text)")
      }
    }
  }

  @Test(arguments: TokenizerFixture.all) func tokenizerFilesGiveTheReferencesIDs(fixture: TokenizerFixture) throws {
    // llama.cpp's own expression for GPT-4o is another for marks; its ids of plain text differ there.
    let cases = try fixture.cases.filter { fixture.name != "gpt4o" || $0.llamacpp_ids_plain?.first != 305 }
    try check(fixture.tokenizer(), cases)
  }

  @Test(arguments: TokenizerFixture.all) func metadataOfGGUFGiveTheSame(fixture: TokenizerFixture) throws {
    let cases = try fixture.cases.filter { fixture.name != "gpt4o" || $0.llamacpp_ids_plain?.first != 305 }
    try check(fixture.metadataTokenizer(), cases)
  }

  @Test func marksAreSplitAsTokenizersDoesAndNotAsLlamaCppDoes() throws {
    let fixture = TokenizerFixture(name: "gpt4o")
    let one = try #require(fixture.cases.first { $0.llamacpp_ids_plain?.first == 305 })
    #expect(try fixture.tokenizer().encode(one.text) == one.ids)
    #expect(one.ids != one.llamacpp_ids_plain)
  }

  // MARK: Other forms of the files

  /// A change to a tokenizer.json, and what the reference gives then.
  struct Variant: CustomTestStringConvertible, Sendable {
    struct Decode: Decodable {
      var ids: [Int32]
      var decoded: String
    }

    struct Results: Decodable {
      var name: String
      var base: String
      var cases: [TokenizerFixture.Case]
      var decodes: [Decode]
    }

    let results: Results
    /// `replace` and `added` of the variant: members of the file, and tokens to add.
    let change: Data

    var testDescription: String { results.name }

    func tokenizer() throws -> Tokenizer {
      var json = try TokenizerFixture(name: results.base).json()
      let change = try JSONSerialization.jsonObject(with: change) as? [String: Any] ?? [:]
      json.merge(change["replace"] as? [String: Any] ?? [:]) { $1 }
      json["added_tokens"] = try #require(json["added_tokens"] as? [Any]) + (change["added"] as? [Any] ?? [])
      let folder = try TemporaryFolder()
      return try folder.tokenizer(json)
    }
  }

  static let variants: [Variant] = {
    struct Variants: Decodable {
      var variants: [Variant.Results]
    }
    guard let results = try? TokenizerFixture.decode(Variants.self, "variants.json").variants,
      let data = try? TokenizerFixture.data("variants.json"),
      let tree = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let raw = tree["variants"] as? [[String: Any]]
    else { return [] }
    return zip(results, raw).compactMap { results, tree in
      (try? JSONSerialization.data(withJSONObject: tree)).map { Variant(results: results, change: $0) }
    }
  }()

  @Test func allVariantsWereRead() { #expect(Self.variants.count == 5) }

  @Test(arguments: variants) func variantsGiveTheReferencesIDs(variant: Variant) throws {
    let tokenizer = try variant.tokenizer()
    try check(tokenizer, variant.results.cases)
    for one in variant.results.decodes {
      #expect(try tokenizer.decode(one.ids) == one.decoded, "\(one.ids)")
    }
  }
}
