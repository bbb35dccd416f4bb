import Foundation
import ModelFiles
import Testing

/// Bad files: refused in words that name the key, and never a crash.
@Suite struct TokenizerErrorTests {
  /// A change to a tokenizer.json, the key that the error names, and what it says.
  struct Damage: CustomTestStringConvertible, Sendable {
    let part: String?
    let says: String
    var base = "llama3"
    let change: @Sendable (inout [String: Any]) -> Void

    var testDescription: String { "\(part ?? "file"): \(says)" }
  }

  private static func inModel(_ json: inout [String: Any], _ key: String, _ value: Any?) {
    var model = json["model"] as? [String: Any] ?? [:]
    model[key] = value
    json["model"] = model
  }

  private static func inVocabulary(_ json: inout [String: Any], _ change: (inout [String: Any]) -> Void) {
    var vocabulary = (json["model"] as? [String: Any])?["vocab"] as? [String: Any] ?? [:]
    change(&vocabulary)
    inModel(&json, "vocab", vocabulary)
  }

  static let damages: [Damage] = [
    Damage(part: "model", says: "is missing") { $0["model"] = nil },
    Damage(part: "model.type", says: "\"Unigram\" is not supported") { inModel(&$0, "type", "Unigram") },
    Damage(part: "model.vocab", says: "is missing") { inModel(&$0, "vocab", nil) },
    Damage(part: "model.merges", says: "is missing") { inModel(&$0, "merges", nil) },
    Damage(part: "model.merges", says: "is empty") { inModel(&$0, "merges", [String]()) },
    Damage(part: "model.merges", says: "needs \"qqqq\", which is not") { inModel(&$0, "merges", [["a", "qqqq"]]) },
    Damage(part: "model.merges", says: "needs \"!!\"") { inModel(&$0, "merges", [["!", "!"], ["!", "!"]]) },
    Damage(part: "model.merges", says: "second time") { inModel(&$0, "merges", [["Ġ", "t"], ["Ġ", "t"]]) },
    Damage(part: "model.merges", says: "two tokens") { inModel(&$0, "merges", [["a", "b", "c"]]) },
    Damage(part: "model.merges", says: "two tokens") { inModel(&$0, "merges", ["abc"]) },
    Damage(part: "model.merges", says: "needs a string") { inModel(&$0, "merges", [1]) },
    Damage(part: "model.merges", says: "needs \"[\"") { inModel(&$0, "merges", "abc") },
    Damage(part: "model.dropout", says: "random") { inModel(&$0, "dropout", 0.5) },
    Damage(part: "model.continuing_subword_prefix", says: "null") { inModel(&$0, "continuing_subword_prefix", "##") },
    Damage(part: "model.ignore_merges", says: "true or false") { inModel(&$0, "ignore_merges", 3) },
    Damage(part: "model.vocab", says: "gives the id 0 to") { inVocabulary(&$0) { $0["new"] = 0 } },
    Damage(part: "model.vocab", says: "outside of any vocabulary") { inVocabulary(&$0) { $0["new"] = 999_999_999 } },
    Damage(part: "model.vocab", says: "outside of any vocabulary") { inVocabulary(&$0) { $0["new"] = -1 } },
    Damage(part: "model.vocab", says: "integer") { inVocabulary(&$0) { $0["new"] = 1.5 } },
    Damage(part: "model.vocab", says: "lacks the token \"Ġ\" for the byte 32") { inVocabulary(&$0) { $0["Ġ"] = nil } },
    Damage(part: "model.vocab", says: "lacks the token \"<0xE4>\"", base: "spm") {
      inVocabulary(&$0) { $0["<0xE4>"] = nil }
    },
    Damage(part: "model.byte_fallback", says: "is false", base: "spm") { inModel(&$0, "byte_fallback", false) },
    Damage(part: "added_tokens", says: "but it has 0") { $0["added_tokens"] = [["id": 5, "content": "!"]] },
    Damage(part: "added_tokens", says: "gives the id 5 to") { $0["added_tokens"] = [["id": 5, "content": "<new>"]] },
    Damage(part: "added_tokens[0].id", says: "no token id") { $0["added_tokens"] = [["id": -5, "content": "<new>"]] },
    Damage(part: "added_tokens[0].content", says: "a string") { $0["added_tokens"] = [["id": 5]] },
    Damage(part: "added_tokens[1].content", says: "twice") {
      $0["added_tokens"] = [["id": 890, "content": "<new>"], ["id": 891, "content": "<new>"]]
    },
    Damage(part: "added_tokens", says: "must be a list") { $0["added_tokens"] = 7 },
    Damage(part: "normalizer", says: "\"Lowercase\" is not supported") { $0["normalizer"] = ["type": "Lowercase"] },
    Damage(part: "normalizer.pattern", says: "not supported here") {
      $0["normalizer"] = ["type": "Replace", "pattern": ["Regex": "a+"], "content": ""]
    },
    Damage(part: "pre_tokenizer", says: "Whitespace is not supported") { $0["pre_tokenizer"] = ["type": "Whitespace"] },
    Damage(part: "pre_tokenizer.pretokenizers[0].pattern", says: "\\w+ is not known") {
      $0["pre_tokenizer"] = [
        "type": "Sequence",
        "pretokenizers": [
          ["type": "Split", "pattern": ["Regex": "\\w+"], "behavior": "Isolated"],
          ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
        ],
      ]
    },
    Damage(part: "post_processor", says: "\"BertProcessing\" is not supported") {
      $0["post_processor"] = ["type": "BertProcessing"]
    },
    Damage(part: "post_processor.special_tokens.<x>.ids[0]", says: "5000 has no token") {
      $0["post_processor"] = [
        "type": "TemplateProcessing", "single": [["SpecialToken": ["id": "<x>"]], ["Sequence": ["id": "A"]]],
        "special_tokens": ["<x>": ["ids": [5000]]],
      ]
    },
    Damage(part: "post_processor.single", says: "exactly once") {
      $0["post_processor"] = ["type": "TemplateProcessing", "single": [Any]()]
    },
    Damage(part: "decoder", says: "is missing") { $0["decoder"] = nil },
    Damage(part: "decoder", says: "WordPiece is not supported") { $0["decoder"] = ["type": "WordPiece"] },
    Damage(part: "decoder.decoders[0]", says: "must put a space", base: "spm") {
      $0["decoder"] = [
        "type": "Sequence",
        "decoders": [
          ["type": "Replace", "pattern": ["String": "_"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
        ],
      ]
    },
  ]

  @Test(arguments: damages) func aDamagedFileIsRefusedByKey(damage: Damage) throws {
    var json = try TokenizerFixture(name: damage.base).json()
    damage.change(&json)
    let folder = try TemporaryFolder()
    let error = #expect(throws: ModelFileError.self) { try folder.tokenizer(json) }
    #expect(error?.part == damage.part && error?.problem.contains(damage.says) == true, "\(String(describing: error))")
    #expect(error?.file == folder.path + "/tokenizer.json")
  }

  /// Whole files, and what the error says.
  static let files: [(bytes: [UInt8], says: String)] = [
    ([], "is empty"),
    (Array("{".utf8), "cut off"),
    (Array("[]".utf8), "line 1, column 1: needs \"{\" here"),
    (Array("{}".utf8), "model: is missing"),
    (Array("{\"model\": 3}".utf8), "model: line 1, column 11: needs \"{\""),
    (Array("{\"model\": {}, \"model\": {}}".utf8), "the key \"model\" twice"),
    (Array("{\"model\": {}} x".utf8), "after its end"),
    (Array("{\n\"model\": {\"vocab\": {\"a\": 1,}}}".utf8), "line 2, column 28: needs a string"),
    (Array("{\"a\\".utf8), "inside a string"),
    (Array("{\"a\": 01, \"model\": {}}".utf8), "needs a value"),
    (Array("{\"a\": \u{1}}".utf8), "needs a value"),
    ([0x7b, 0x22, 0xff, 0x22], "is not UTF-8 at byte 2"),
    (Array(repeating: UInt8(ascii: "["), count: 1_000_000), "needs \"{\" here"),
    (Array(("{\"a\":" + String(repeating: "[", count: 1_000_000)).utf8), "nested deeper than 64"),
    (Array(("{\"model\":{}, \"decoder\": [" + String(repeating: "0,", count: 200_000) + "0]}").utf8), "100000 values"),
    (Array("GGUF\u{9}\0\0\0".utf8), "is GGUF version 9"),
    (GGUFBytes().bytes, "tokenizer.ggml.model: is missing, so the file holds no tokenizer"),
  ]

  @Test(arguments: files.indices) func aFileThatIsNoTokenizerIsRefused(index: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("tokenizer.json", Self.files[index].bytes)
    let error = #expect(throws: ModelFileError.self) { try Tokenizer(path: path) }
    #expect(error?.description.contains(Self.files[index].says) == true, "\(String(describing: error))")
  }

  @Test func stringsOfJSONAreReadWithTheirEscapes() throws {
    let folder = try TemporaryFolder()
    var text = String(decoding: try TokenizerFixture.data("llama3/tokenizer.json"), as: UTF8.self)
    text = text.replacing("<|eot_id|>", with: #"\u003c|\ud83d\ude00\n\"\\\/|>"#)
    let tokenizer = try Tokenizer(path: folder.write("tokenizer.json", text.utf8))
    #expect(tokenizer.encode("a<|😀\n\"\\/|>b") == [64, 899, 65])
    for broken in [#"\ud83d"#, #"\ude00"#, #"\ud83d\n"#, #"\uzzzz"#, #"\x"#] {
      let path = try folder.write("tokenizer.json", text.replacing(#"\u003c"#, with: broken).utf8)
      #expect(throws: ModelFileError.self) { try Tokenizer(path: path) }
    }
  }

  // MARK: Random damage

  @Test(arguments: TokenizerFixture.names) func randomDamageNeverCrashes(name: String) throws {
    let folder = try TemporaryFolder()
    let whole = try TokenizerFixture(name: name).json()
    // A small file of the same shape, so that a damage in the middle hits something that matters.
    let small = try Data(Self.shrunk(whole))
    #expect(try Tokenizer(path: folder.write("tokenizer.json", small)).encode("the end").isEmpty == false)
    var generator = SeededGenerator(state: 77)
    for round in 0..<150 {
      var bytes = [UInt8](small)
      if round % 3 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
      for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = Array("{}[]\",:0123456789\\unfaltrue\u{0}ÿ".utf8).randomElement(using: &generator) ?? 0
      }
      let path = try folder.write("tokenizer.json", bytes)
      do {
        let tokenizer = try Tokenizer(path: path)
        let ids = tokenizer.encode("The end, 中 <|eot_id|><s>.", addingSpecial: true)
        _ = try tokenizer.decode(ids)
      } catch let error as ModelFileError {
        #expect(error.file == path && !error.problem.isEmpty)
      }
    }
  }

  /// The file with a tenth of its merges, and no tokens but those and the bytes.
  private static func shrunk(_ json: [String: Any]) throws -> Data {
    var json = json
    var model = json["model"] as? [String: Any] ?? [:]
    let merges = Array((model["merges"] as? [[String]] ?? []).prefix(20))
    let kept = Set(merges.flatMap { $0 + [$0.joined()] })
    let special = Set((json["added_tokens"] as? [[String: Any]] ?? []).compactMap { $0["content"] as? String })
    model["merges"] = merges
    model["vocab"] = (model["vocab"] as? [String: Any] ?? [:]).filter { token, _ in
      token.unicodeScalars.count == 1 || token.hasPrefix("<0x") || kept.contains(token) || special.contains(token)
    }
    json["model"] = model
    return try JSONSerialization.data(withJSONObject: json)
  }
}
