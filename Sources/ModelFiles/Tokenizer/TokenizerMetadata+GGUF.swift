extension TokenizerMetadata {
  /// Names of the keys, in which files and `tern convert` agree.
  enum Key {
    static let prefix = "tokenizer."
    static let model = "ggml.model"
    static let pre = "ggml.pre"
    static let tokens = "ggml.tokens"
    static let tokenTypes = "ggml.token_type"
    static let scores = "ggml.scores"
    static let merges = "ggml.merges"
    static let beginOfText = "ggml.bos_token_id"
    static let endOfText = "ggml.eos_token_id"
    static let endOfTurn = "ggml.eot_token_id"
    static let unknown = "ggml.unknown_token_id"
    static let padding = "ggml.padding_token_id"
    static let addsBeginOfText = "ggml.add_bos_token"
    static let addsEndOfText = "ggml.add_eos_token"
    static let addsSpacePrefix = "ggml.add_space_prefix"
    static let chatTemplate = "chat_template"
  }

  /// Reads the keys of a GGUF file; whether they fit together is checked when a tokenizer is made of them.
  ///
  /// - Throws: `ModelFileError` that names the file and the key: no tokenizer in the file, or a value of a wrong type.
  public init(_ file: GGUFFile) throws {
    let metadata = file.metadata
    guard let model = try metadata.string(Key.prefix + Key.model) else {
      throw metadata.error(
        Key.prefix + Key.model,
        "is missing, so the file holds no tokenizer; give the tokenizer.json of the model, or convert the model again "
          + "with tokenizer.json in its folder")
    }
    func array<Element>(_ key: String, _ what: String, _ decode: (GGUFArray) -> [Element]?) throws -> [Element]? {
      guard let value = metadata[Key.prefix + key] else { return nil }
      guard let elements = value.array.flatMap(decode) else {
        throw metadata.error(Key.prefix + key, "is no array of \(what); convert the model again")
      }
      return elements
    }
    guard let tokens = try array(Key.tokens, "texts", { $0.strings() }) else {
      throw metadata.error(Key.prefix + Key.tokens, "is missing; convert the model again")
    }
    self.init(
      file: file.path, model: model, tokens: tokens,
      tokenTypes: try array(Key.tokenTypes, "32-bit integers") { array in
        array.integers().flatMap { integers in
          let types = integers.compactMap(Int32.init(exactly:))
          return types.count == integers.count ? types : nil
        }
      })
    pre = try metadata.string(Key.prefix + Key.pre)
    scores = try array(Key.scores, "numbers") { $0.floats() }
    merges = try array(Key.merges, "texts") { $0.strings() }
    beginOfText = try metadata.integer(Key.prefix + Key.beginOfText)
    endOfText = try metadata.integer(Key.prefix + Key.endOfText)
    endOfTurn = try metadata.integer(Key.prefix + Key.endOfTurn)
    unknown = try metadata.integer(Key.prefix + Key.unknown)
    padding = try metadata.integer(Key.prefix + Key.padding)
    addsBeginOfText = try metadata.bool(Key.prefix + Key.addsBeginOfText)
    addsEndOfText = try metadata.bool(Key.prefix + Key.addsEndOfText)
    addsSpacePrefix = try metadata.bool(Key.prefix + Key.addsSpacePrefix)
    chatTemplate = try metadata.string(Key.prefix + Key.chatTemplate)
  }
}
