import Foundation

/// What stands beside a tokenizer.json: `tokenizer_config.json`, `generation_config.json`, `chat_template.jinja`.
struct TokenizerConfiguration {
  /// `tokenizer_config.json`, whether or not it is there.
  let path: String
  private(set) var beginOfText: String?
  private(set) var endOfText: String?
  private(set) var unknown: String?
  private(set) var padding: String?
  /// In Jinja.
  private(set) var chatTemplate: String?
  /// `eos_token_id` of the generation's configuration: ids that end it.
  private(set) var generationEnds: [Int32] = []

  /// Reads what is there.
  ///
  /// - Throws: `ModelFileError` that names the file and the key.
  init(folder: String) throws {
    path = folder + "/tokenizer_config.json"
    if let fields: Fields = try Self.decode(path) {
      beginOfText = fields.bos_token?.text
      endOfText = fields.eos_token?.text
      unknown = fields.unk_token?.text
      padding = fields.pad_token?.text
      chatTemplate = fields.chat_template?.text
    }
    if let generation: GenerationFields = try Self.decode(folder + "/generation_config.json") {
      generationEnds = generation.eos_token_id?.ids ?? []
    }
    // Newer checkpoints keep the template in a file of its own; where both are there, that one counts.
    let template = folder + "/chat_template.jinja"
    if FileManager.default.fileExists(atPath: template) {
      let file = try MappedFile(path: template)
      guard let text = withExtendedLifetime(file, { String(validating: file.bytes, as: UTF8.self) }) else {
        throw ModelFileError(file: template, problem: "is not UTF-8; download the file again")
      }
      chatTemplate = text
    }
  }

  /// `bos_token_id` and `eos_token_id` of a model's `config.json`, where they are ids.
  ///
  /// - Throws: `ModelFileError` that names the file and the key.
  static func ids(configuration path: String) throws -> (beginOfText: Int32?, endOfText: [Int32]) {
    let fields: ModelFields? = try decode(path)
    return (fields?.bos_token_id?.ids.first, fields?.eos_token_id?.ids ?? [])
  }

  private static func decode<Fields: Decodable>(_ path: String) throws -> Fields? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try MappedFile(path: path)
    do {
      return try JSONDecoder().decode(Fields.self, from: Data(file.bytes))
    } catch {
      throw ModelFileError(file: path, problem: "is not the configuration of a tokenizer: \(decodingWords(error))")
    }
  }

  // MARK: The keys that matter here

  private struct Fields: Decodable {
    var bos_token: TokenField?
    var eos_token: TokenField?
    var unk_token: TokenField?
    var pad_token: TokenField?
    var chat_template: TemplateField?
  }

  private struct ModelFields: Decodable {
    var bos_token_id: IDsField?
    var eos_token_id: IDsField?
  }

  private struct GenerationFields: Decodable {
    var eos_token_id: IDsField?
  }

  /// "<s>", or {"content": "<s>", …}.
  private struct TokenField: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      struct Object: Decodable {
        var content: String
      }
      let container = try decoder.singleValueContainer()
      text = try (try? container.decode(String.self)) ?? container.decode(Object.self).content
    }
  }

  /// A template, or several with names, of which "default" is the one.
  private struct TemplateField: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      struct Named: Decodable {
        var name: String
        var template: String
      }
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else {
        text = try container.decode([Named].self).first { $0.name == "default" }?.template
      }
    }
  }

  /// An id, or several.
  private struct IDsField: Decodable {
    let ids: [Int32]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      ids = try (try? container.decode(Int32.self)).map { [$0] } ?? container.decode([Int32].self)
    }
  }
}
