import ModelFiles

extension InspectReport {
  /// The tokenizer that comes with a model, and whether it can be used.
  struct TokenizerFacts: Encodable {
    /// "byte-level BPE" or "SentencePiece BPE"; absent where it cannot be used.
    private(set) var kind: String?
    /// Why it cannot be used.
    private(set) var problem: String?
    /// `tokenizer.ggml.model` and `tokenizer.ggml.pre`, of a GGUF file.
    private(set) var model: String?
    private(set) var pre: String?
    private(set) var tokens: Int?
    private(set) var hasChatTemplate = false
    /// The name of the chat template, where it is one that is known.
    private(set) var chatTemplate: String?
    /// What stands before every text.
    private(set) var begins: [String] = []
    /// What ends a generation.
    private(set) var ends: [String] = []

    enum CodingKeys: String, CodingKey {
      case kind, problem, model, pre, tokens, begins, ends
      case hasChatTemplate = "has_chat_template"
      case chatTemplate = "chat_template"
    }

    private init() {}

    /// Nil where a GGUF file has none; beside a checkpoint a missing one is a problem that is said.
    init?(of stored: any StoredModel) {
      if let gguf = stored.gguf {
        self.init(gguf)
      } else {
        self.init()
        read { try Tokenizer(of: stored) }
      }
    }

    /// Nil where there is none.
    init?(_ gguf: GGUFFile) {
      guard let model = gguf.metadata["tokenizer.ggml.model"]?.string else { return nil }
      self.model = model
      pre = gguf.metadata["tokenizer.ggml.pre"]?.string
      tokens = gguf.metadata["tokenizer.ggml.tokens"]?.array?.count
      hasChatTemplate = gguf.metadata["tokenizer.chat_template"] != nil
      read { try Tokenizer(TokenizerMetadata(gguf)) }
    }

    private mutating func read(_ make: () throws -> Tokenizer) {
      do {
        let tokenizer = try make()
        kind = tokenizer.kind
        tokens = tokens ?? tokenizer.vocabularySize
        hasChatTemplate = tokenizer.chatTemplateSource != nil
        chatTemplate = tokenizer.chatTemplateSource.flatMap(ChatTemplate.init(recognizing:))?.rawValue
        let ofNothing = tokenizer.encode("", addingSpecial: true)
        begins = ofNothing.prefix(1).compactMap(tokenizer.token)
        ends = tokenizer.specialTokens.endOfGeneration.sorted().compactMap(tokenizer.token)
      } catch {
        problem = "\(error)"
      }
    }
  }
}
