import Foundation
import ModelFiles
import Testing

/// A tokenizer beside a checkpoint becomes keys of the GGUF file that is made of it.
@Suite struct ConvertedTokenizerTests {
  /// The checkpoint of the engine's tests whose tokenizer is exchanged for a fixture's; its vocabulary has these rows.
  private static let checkpoint = TokenizerFixture.folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("EngineTests/Fixtures/bitnet2b_offline")

  /// A folder with a model whose embedding has `rows` rows, and the tokenizer.
  private static func folder(
    _ tokenizer: Any, rows: Int, configuration: [String: Any] = [:], others: [String: Any] = [:]
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let data = try Data(contentsOf: checkpoint.appendingPathComponent("config.json"))
    var fields = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    fields["vocab_size"] = rows
    fields["bos_token_id"] = nil
    fields["eos_token_id"] = nil
    try folder.writeJSON("config.json", fields.merging(configuration) { $1 })
    try folder.write("model.safetensors", Data(contentsOf: checkpoint.appendingPathComponent("model.safetensors")))
    try folder.writeJSON("tokenizer.json", tokenizer)
    for (name, tree) in others { try folder.writeJSON(name, tree) }
    return folder
  }

  /// Writes the keys to a file without weights and reads them again.
  private static func read(_ converted: ConvertedTokenizer, in folder: TemporaryFolder) throws -> Tokenizer {
    var writer = GGUFWriter()
    for (key, value) in converted.metadata { writer.set(key, value) }
    try writer.write(to: folder.path + "/vocab.gguf") { _, _ in }
    return try Tokenizer(path: folder.path + "/vocab.gguf")
  }

  @Test(arguments: TokenizerFixture.names) func everyCaseIsEncodedAsBefore(name: String) throws {
    let fixture = TokenizerFixture(name: name)
    let original = try fixture.tokenizer()
    // More rows than tokens, as published models have them.
    let folder = try Self.folder(fixture.json(), rows: original.vocabularySize + 3)
    let converted = ConvertedTokenizer(of: try ModelFile.open(path: folder.path))
    #expect(converted.notes.isEmpty, "\(converted.notes)")
    let read = try Self.read(converted, in: folder)
    #expect(read.vocabularySize == original.vocabularySize + 3)
    for one in try fixture.cases {
      #expect(read.encode(one.text) == one.ids)
      #expect(read.encode(one.text, addingSpecial: true) == one.ids_with_special)
      #expect(
        read.encode(one.text, parsingSpecial: false) == original.encode(one.text, parsingSpecial: false))
      #expect(try read.decode(one.ids) == one.decoded)
    }
  }

  @Test(arguments: TokenizerFixture.names) func theKeysAreThoseThatOtherConvertersWrite(name: String) throws {
    let fixture = TokenizerFixture(name: name)
    let expected = try fixture.metadata()
    let folder = try Self.folder(fixture.json(), rows: expected.tokens.count)
    let keys = Dictionary(
      uniqueKeysWithValues: ConvertedTokenizer(of: try ModelFile.open(path: folder.path)).metadata)
    #expect(keys["tokenizer.ggml.model"]?.string == expected.model)
    #expect(keys["tokenizer.ggml.pre"]?.string == expected.pre ?? "default")
    #expect(keys["tokenizer.ggml.tokens"]?.array?.strings() == expected.tokens)
    #expect(keys["tokenizer.ggml.token_type"]?.array?.integers()?.map(Int32.init) == expected.tokenTypes)
    #expect(keys["tokenizer.ggml.merges"]?.array?.strings() == expected.merges)
    #expect((keys["tokenizer.ggml.scores"] == nil) == (expected.scores == nil))
    #expect(keys["tokenizer.ggml.unknown_token_id"]?.integer == expected.unknown)
  }

  @Test func whatStandsBesideTheFileComesAlong() throws {
    let fixture = TokenizerFixture(name: "llama3")
    let template = "{{ bos_token }}{% for m in messages %}x{% endfor %}"
    let folder = try Self.folder(
      fixture.json(), rows: 900, configuration: ["bos_token_id": 5, "eos_token_id": [891, 7]],
      others: [
        "tokenizer_config.json": ["eos_token": "<|eot_id|>", "pad_token": "!", "chat_template": template],
        "generation_config.json": ["eos_token_id": [899, 6]],
      ])
    let converted = ConvertedTokenizer(of: try ModelFile.open(path: folder.path))
    let special = try Self.read(converted, in: folder).specialTokens
    // The tokenizer's own files count before config.json.
    #expect(special.beginOfText == 890 && special.endOfText == 899 && special.padding == 0 && special.endOfTurn == 6)
    #expect(special.endOfGeneration.isSuperset(of: [891, 899, 6]))
    #expect(try Self.read(converted, in: folder).chatTemplateSource == template)
    #expect(converted.notes.map(\.id) == ["W-stop-tokens"], "\(converted.notes)")
    #expect(converted.notes.first?.text.hasSuffix("generation: (") == true)
  }

  @Test func configurationNamesTheEndsWhereNothingElseDoes() throws {
    let fixture = TokenizerFixture(name: "spm")
    let folder = try Self.folder(fixture.json(), rows: 600, configuration: ["bos_token_id": 1, "eos_token_id": 2])
    let converted = ConvertedTokenizer(of: try ModelFile.open(path: folder.path))
    let special = try Self.read(converted, in: folder).specialTokens
    #expect(special.beginOfText == 1 && special.endOfText == 2 && special.unknown == 0)
    #expect(special.endOfGeneration == [2])
  }

  /// A change to tokenizer.json, and what the note says.
  struct Loss: CustomTestStringConvertible, Sendable {
    let base: String
    let id: String
    let says: String
    let change: @Sendable (inout [String: Any]) -> Void

    var testDescription: String { says }
  }

  static let losses: [Loss] = [
    Loss(base: "llama3", id: "W-tokenizer", says: "no name is known for how it cuts text") { json in
      json["model"] = (json["model"] as? [String: Any])?.merging(["ignore_merges": false]) { $1 }
    },
    Loss(base: "llama3", id: "W-tokenizer", says: "model.vocab: is missing") { json in
      json["model"] = (json["model"] as? [String: Any])?.filter { $0.key != "vocab" }
    },
    Loss(base: "spm", id: "W-tokenizer", says: "the order of its merges") { json in
      // "xqx" is made of two pairs, and another token's merge stands between them: no order of tokens gives that.
      guard var model = json["model"] as? [String: Any], var merges = model["merges"] as? [[String]],
        var vocabulary = model["vocab"] as? [String: Int]
      else { return }
      for token in ["xq", "qx", "xqx", "zq"] { vocabulary[token] = vocabulary.count }
      merges += [["x", "q"], ["q", "x"], ["xq", "x"], ["z", "q"], ["x", "qx"]]
      model["merges"] = merges
      model["vocab"] = vocabulary
      json["model"] = model
    },
    Loss(base: "spm", id: "W-tokenizer", says: "can be made of two tokens that it does not merge") { json in
      guard var model = json["model"] as? [String: Any], var merges = model["merges"] as? [[String]] else { return }
      merges.removeLast()
      model["merges"] = merges
      json["model"] = model
    },
    Loss(base: "llama3", id: "W-added-tokens", says: "1 added tokens, \"<|eot_id|>\"") { json in
      json["added_tokens"] = (json["added_tokens"] as? [[String: Any]])?.map { token in
        token["content"] as? String == "<|eot_id|>" ? token.merging(["rstrip": true]) { $1 } : token
      }
    },
  ]

  @Test(arguments: losses) func whatGGUFCannotSayIsANote(loss: Loss) throws {
    var json = try TokenizerFixture(name: loss.base).json()
    loss.change(&json)
    let folder = try Self.folder(json, rows: 900)
    let converted = ConvertedTokenizer(of: try ModelFile.open(path: folder.path))
    #expect(converted.notes.map(\.id) == [loss.id], "\(converted.notes)")
    #expect(converted.notes.first?.text.contains(loss.says) == true, "\(converted.notes)")
    #expect(converted.metadata.isEmpty == (loss.id == "W-tokenizer"))
  }

  @Test func aFolderWithoutOneIsANote() throws {
    let folder = try Self.folder(TokenizerFixture(name: "llama3").json(), rows: 900)
    try FileManager.default.removeItem(atPath: folder.path + "/tokenizer.json")
    let converted = ConvertedTokenizer(of: try ModelFile.open(path: folder.path))
    #expect(converted.metadata.isEmpty && converted.notes.first?.text.contains("tokenizer.json: is missing") == true)
  }

  @Test func moreTokensThanRowsAreANote() throws {
    let folder = try Self.folder(TokenizerFixture(name: "llama3").json(), rows: 899)
    let converted = ConvertedTokenizer(of: try ModelFile.open(path: folder.path))
    #expect(converted.metadata.isEmpty && converted.notes.first?.text.contains("900 tokens") == true)
  }
}
