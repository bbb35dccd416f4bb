import Foundation
import ModelFiles

/// Writes a learnt vocabulary as `tokenizer.json` and `tokenizer_config.json`, as transformers would.
struct TokenizerWriter {
  /// The tokens around a document, behind the learnt entries.
  static let beginOfText = "<|begin_of_text|>"
  static let endOfText = "<|end_of_text|>"
  /// Entries that are there whatever the text: the bytes and the two tokens.
  static let fixedEntries = 258

  /// Learns a vocabulary of exactly `vocabulary` entries and writes it to a folder.
  ///
  /// - Throws: `TrainingError` when the text is too small for so many; `CocoaError` when it cannot be written.
  static func train(_ documents: [String], vocabulary: Int, into folder: String) throws {
    let trainer = BytePairTrainer(documents, entries: vocabulary - 2)
    let found = trainer.entries.count + 2
    guard found == vocabulary else {
      throw TrainingError(
        .data,
        "the text has pairs for a vocabulary of \(found) entries, \(vocabulary) are asked for: give more text"
          // With fewer there would be no pair to learn, which a configuration cannot ask for.
          + (found > fixedEntries ? ", or set vocabulary to \(found) or less" : ""))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(TokenizerFields(trainer)).write(to: place("tokenizer.json", folder), options: .atomic)
    try encoder.encode(["bos_token": beginOfText, "eos_token": endOfText])
      .write(to: place("tokenizer_config.json", folder), options: .atomic)
  }

  static func place(_ name: String, _ folder: String) -> URL { URL(fileURLWithPath: folder).appending(path: name) }
}

/// `tokenizer.json`, its keys spelled as they are there.
private struct TokenizerFields: Encodable {
  let version = "1.0"
  let added_tokens: [Added]
  let pre_tokenizer = PreTokenizer()
  let post_processor: PostProcessor
  let decoder = ByteLevel()
  let model: Model

  init(_ trainer: BytePairTrainer) {
    let names = [TokenizerWriter.beginOfText, TokenizerWriter.endOfText]
    added_tokens = names.enumerated().map { Added(id: trainer.entries.count + $0, content: $1) }
    post_processor = PostProcessor(begin: added_tokens[0])
    model = Model(trainer)
  }

  struct Added: Encodable {
    let id: Int
    let content: String
    let single_word = false
    let lstrip = false
    let rstrip = false
    let normalized = false
    let special = true
  }

  struct PreTokenizer: Encodable {
    let type = "Sequence"
    let pretokenizers = [Step.split, .byteLevel]

    enum Step: Encodable {
      case split, byteLevel

      func encode(to encoder: any Encoder) throws {
        switch self {
        case .split: try Split().encode(to: encoder)
        case .byteLevel: try ByteLevel().encode(to: encoder)
        }
      }
    }

    struct Split: Encodable {
      let type = "Split"
      let pattern = ["Regex": BytePieces.pattern]
      let behavior = "Isolated"
      let invert = false
    }
  }

  struct ByteLevel: Encodable {
    let type = "ByteLevel"
    let add_prefix_space = false
    let trim_offsets = true
    let use_regex = false
  }

  /// The token that begins a text before the text.
  struct PostProcessor: Encodable {
    let type = "TemplateProcessing"
    let single: [Piece]
    let pair: [Piece]
    let special_tokens: [String: Special]

    init(begin: Added) {
      let token = Piece.token(begin.content)
      single = [token, .sequence("A", 0)]
      pair = [token, .sequence("A", 0), token, .sequence("B", 1)]
      special_tokens = [begin.content: Special(id: begin.content, ids: [begin.id], tokens: [begin.content])]
    }

    struct Special: Encodable {
      let id: String
      let ids: [Int]
      let tokens: [String]
    }

    struct Place: Encodable {
      let id: String
      let type_id: Int
    }

    enum Piece: Encodable {
      case token(String)
      case sequence(String, Int)

      func encode(to encoder: any Encoder) throws {
        switch self {
        case .token(let name): try ["SpecialToken": Place(id: name, type_id: 0)].encode(to: encoder)
        case .sequence(let name, let type): try ["Sequence": Place(id: name, type_id: type)].encode(to: encoder)
        }
      }
    }
  }

  struct Model: Encodable {
    let type = "BPE"
    let fuse_unk = false
    let byte_fallback = false
    // A piece that is an entry is that entry, as readers of GGUF take it for this expression.
    let ignore_merges = true
    let vocab: [String: Int]
    let merges: [[String]]

    init(_ trainer: BytePairTrainer) {
      let spellings = trainer.entries.map { BytePieces.spelling(of: $0) }
      vocab = Dictionary(uniqueKeysWithValues: spellings.enumerated().map { ($1, $0) })
      merges = trainer.merges.map { [spellings[$0.left], spellings[$0.right]] }
    }
  }
}
