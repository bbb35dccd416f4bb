import Foundation
import ModelFiles
import Testing

/// A vocabulary of Fixtures/Tokenizers with what the reference makes of texts.
struct TokenizerFixture: CustomTestStringConvertible {
  /// A text and its ids.
  struct Case: Decodable {
    var text: String
    var ids: [Int32]
    var ids_with_special: [Int32]
    var decoded: String
    var decoded_skip: String
    /// Ids where special tokens in the text are text.
    var ids_plain: [Int32]?
    var llamacpp_ids_plain: [Int32]?
  }

  static let names = ["llama3", "gpt4o", "spm"]
  static let all = names.map(TokenizerFixture.init)
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/Tokenizers")

  let name: String

  var testDescription: String { name }
  /// The folder.
  var path: String { Self.folder.appendingPathComponent(name).path }
  /// The cases.
  var cases: [Case] {
    get throws {
      struct Cases: Decodable {
        var cases: [Case]
      }
      return try Self.decode(Cases.self, "\(name)/cases.json").cases
    }
  }

  /// From tokenizer.json.
  func tokenizer() throws -> Tokenizer { try Tokenizer(path: path + "/tokenizer.json") }
  /// From the keys of the GGUF file.
  func metadataTokenizer() throws -> Tokenizer { try Tokenizer(metadata()) }

  /// tokenizer.json as a tree, to be changed.
  func json() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Self.data("\(name)/tokenizer.json")) as? [String: Any] ?? [:]
  }

  func metadata() throws -> TokenizerMetadata {
    let keys = try JSONSerialization.jsonObject(with: Self.data("\(name)/gguf_metadata.json")) as? [String: Any] ?? [:]
    func value<Value>(_ key: String) -> Value? { keys["tokenizer.ggml." + key] as? Value }
    var metadata = TokenizerMetadata(
      file: "\(name).gguf", model: value("model") ?? "", tokens: value("tokens") ?? [],
      tokenTypes: (value("token_type") as [Int]?)?.map(Int32.init))
    metadata.pre = value("pre")
    metadata.merges = value("merges")
    metadata.scores = (value("scores") as [Double]?)?.map(Float.init)
    metadata.beginOfText = value("bos_token_id")
    metadata.endOfText = value("eos_token_id")
    metadata.unknown = value("unknown_token_id")
    metadata.addsSpacePrefix = value("add_space_prefix")
    return metadata
  }

  static func data(_ file: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(file)) }

  static func decode<Value: Decodable>(_ type: Value.Type, _ file: String) throws -> Value {
    try JSONDecoder().decode(type, from: data(file))
  }
}

extension TemporaryFolder {
  /// Writes a tree as JSON.
  @discardableResult
  func writeJSON(_ name: String, _ tree: Any) throws -> String {
    try write(name, JSONSerialization.data(withJSONObject: tree))
  }

  /// The tokenizer that a tree describes.
  func tokenizer(_ tree: [String: Any]) throws -> Tokenizer { try Tokenizer(path: writeJSON("tokenizer.json", tree)) }
}

extension Tokenizer {
  /// The text of ids as it streams.
  func streamed(_ ids: [Int32], skippingSpecial: Bool = false) throws -> String {
    var stream = StreamingDetokenizer(self, skippingSpecial: skippingSpecial)
    return try ids.map { try stream.append($0) }.joined() + stream.finish()
  }
}
