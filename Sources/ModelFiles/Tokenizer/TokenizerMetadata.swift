/// The tokenizer's keys of a GGUF file, `tokenizer.ggml.*` and `tokenizer.chat_template`, as whoever reads such files
/// finds them; nil where a key is absent.
public struct TokenizerMetadata: Sendable {
  /// What `token_type` says of a token.
  public enum TokenType: Int32, Sendable {
    /// Text.
    case normal = 1
    /// What stands for text that the vocabulary lacks.
    case unknown = 2
    /// Structure, such as `<|eot_id|>`.
    case control = 3
    /// Text that is found whole before anything else.
    case userDefined = 4
    /// A filler that has no use.
    case unused = 5
    /// A byte.
    case byte = 6
  }

  /// The file, for errors.
  public var file: String
  /// `model`: "gpt2" is byte-level BPE, "llama" is SentencePiece's.
  public var model: String
  /// `pre`: the name of the splitting expression.
  public var pre: String?
  /// `tokens`, by id.
  public var tokens: [String]
  /// `token_type`, by id.
  public var tokenTypes: [Int32]?
  /// `scores`, by id; SentencePiece's only.
  public var scores: [Float]?
  /// `merges`, as "a b"; byte-level only.
  public var merges: [String]?
  /// `bos_token_id`.
  public var beginOfText: Int?
  /// `eos_token_id`.
  public var endOfText: Int?
  /// `eot_token_id`.
  public var endOfTurn: Int?
  /// `unknown_token_id`.
  public var unknown: Int?
  /// `padding_token_id`.
  public var padding: Int?
  /// `add_bos_token`.
  public var addsBeginOfText: Bool?
  /// `add_eos_token`.
  public var addsEndOfText: Bool?
  /// `add_space_prefix`.
  public var addsSpacePrefix: Bool?
  /// `tokenizer.chat_template`, in Jinja.
  public var chatTemplate: String?

  /// Makes metadata of the three keys that every vocabulary has.
  public init(file: String, model: String, tokens: [String], tokenTypes: [Int32]?) {
    self.file = file
    self.model = model
    self.tokens = tokens
    self.tokenTypes = tokenTypes
  }

  func error(_ key: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: file, part: "tokenizer.\(key)", problem: problem)
  }
}

extension Tokenizer {
  /// Makes the tokenizer that the metadata of a GGUF file describe.
  ///
  /// - Throws: `ModelFileError` that names the file, the key and what to do.
  public init(_ metadata: TokenizerMetadata) throws {
    try self.init(metadata.parts())
    chatTemplateSource = metadata.chatTemplate
  }
}
