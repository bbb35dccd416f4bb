import Foundation
import ModelFiles
import Testing

/// The tokenizer that stands in the metadata of a GGUF file.
@Suite struct TokenizerGGUFTests {
  /// The keys of a fixture as a GGUF file has them.
  private static func file(_ fixture: TokenizerFixture) throws -> GGUFBytes {
    let metadata = try fixture.metadata()
    var file = GGUFBytes()
    file.set("tokenizer.ggml.model", metadata.model)
    if let pre = metadata.pre { file.set("tokenizer.ggml.pre", pre) }
    func array(_ key: String, _ type: UInt32, _ elements: [[UInt8]]?) {
      guard let elements else { return }
      file.keys.append(("tokenizer.ggml.\(key)", 9, GGUFBytes.array(type, elements)))
    }
    array("tokens", 8, metadata.tokens.map(GGUFBytes.string))
    array("token_type", 5, metadata.tokenTypes?.map(GGUFBytes.little))
    array("scores", 6, metadata.scores?.map { GGUFBytes.little($0.bitPattern) })
    array("merges", 8, metadata.merges?.map(GGUFBytes.string))
    for (key, id) in [
      ("bos", metadata.beginOfText), ("eos", metadata.endOfText), ("unknown", metadata.unknown),
    ] {
      if let id { file.set("tokenizer.ggml.\(key)_token_id", UInt32(id)) }
    }
    file.keys.append(("tokenizer.ggml.add_bos_token", 7, [1]))
    file.set("tokenizer.chat_template", "{{ bos_token }}")
    return file
  }

  @Test(arguments: TokenizerFixture.names) func itEncodesAsTheKeysSay(name: String) throws {
    let fixture = TokenizerFixture(name: name)
    let folder = try TemporaryFolder()
    let path = try folder.write("model.gguf", Self.file(fixture).bytes)
    // By its path, by a name that says nothing, and by the folder that holds nothing else.
    let odd = try folder.write("blob", Self.file(fixture).bytes)
    var expected = try fixture.metadata()
    expected.addsBeginOfText = true
    let reference = try Tokenizer(expected)
    for place in [path, odd, folder.path] {
      let tokenizer = try Tokenizer(path: place)
      #expect(tokenizer.file == (place == folder.path ? path : place))
      #expect(tokenizer.chatTemplateSource == "{{ bos_token }}")
      #expect(tokenizer.specialTokens == reference.specialTokens)
      for one in try fixture.cases {
        #expect(
          tokenizer.encode(one.text, addingSpecial: true) == reference.encode(one.text, addingSpecial: true))
      }
    }
  }

  @Test func aSafetensorsFileStandsForItsFolder() throws {
    let fixture = TokenizerFixture(name: "spm")
    let folder = try TemporaryFolder()
    let path = try folder.write("model.safetensors", [])
    #expect(throws: ModelFileError.self) { try Tokenizer(path: path) }
    try folder.writeJSON("tokenizer.json", fixture.json())
    #expect(try Tokenizer(path: path).encode("the end") == fixture.tokenizer().encode("the end"))
  }

  /// A key, what stands there instead, and what the error says.
  static let damages: [(key: String, type: UInt32, bytes: [UInt8], says: String)] = [
    ("ggml.model", 4, [1, 0, 0, 0], "where a text belongs"),
    ("ggml.pre", 7, [1], "where a text belongs"),
    ("ggml.tokens", 4, [1, 0, 0, 0], "is no array of texts"),
    ("ggml.tokens", 9, GGUFBytes.array(4, [[1, 0, 0, 0]]), "is no array of texts"),
    ("ggml.token_type", 9, GGUFBytes.array(6, [[1, 0, 0, 0]]), "is no array of 32-bit integers"),
    ("ggml.token_type", 9, GGUFBytes.array(4, [[1, 0, 0, 255]]), "is no array of 32-bit integers"),
    ("ggml.scores", 9, GGUFBytes.array(8, []), "entries for 600 tokens"),
    ("ggml.scores", 9, GGUFBytes.array(8, [GGUFBytes.string("1")]), "is no array of numbers"),
    ("ggml.merges", 8, GGUFBytes.string("a b"), "is no array of texts"),
    ("ggml.bos_token_id", 8, GGUFBytes.string("<s>"), "where an integer belongs"),
    ("ggml.add_bos_token", 4, [1, 0, 0, 0], "where true or false belongs"),
    ("chat_template", 4, [1, 0, 0, 0], "where a text belongs"),
  ]

  @Test(arguments: damages.indices) func aKeyOfAWrongTypeIsRefusedByName(index: Int) throws {
    let damage = Self.damages[index]
    let folder = try TemporaryFolder()
    var file = try Self.file(TokenizerFixture(name: "spm"))
    file.keys.removeAll { $0.name == "tokenizer.\(damage.key)" }
    file.keys.append(("tokenizer.\(damage.key)", damage.type, damage.bytes))
    let path = try folder.write("model.gguf", file.bytes)
    let error = #expect(throws: ModelFileError.self) { try Tokenizer(path: path) }
    #expect(error?.file == path && error?.part == "tokenizer.\(damage.key)", "\(String(describing: error))")
    #expect(error?.problem.contains(damage.says) == true, "\(String(describing: error))")
  }

  @Test(arguments: TokenizerFixture.names) func randomDamageNeverCrashes(name: String) throws {
    let folder = try TemporaryFolder()
    let whole = try Self.file(TokenizerFixture(name: name)).bytes
    var generator = SeededGenerator(state: 78)
    for round in 0..<60 {
      var bytes = whole
      if round % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let path = try folder.write("model.gguf", bytes)
      do {
        let tokenizer = try Tokenizer(path: path)
        _ = try tokenizer.decode(tokenizer.encode("The end, 中 <|eot_id|><s>.", addingSpecial: true))
      } catch let error as ModelFileError {
        #expect(!error.problem.isEmpty)
      }
    }
  }
}
