extension TokenizerMetadata {
  /// The splitting expression and what goes with it, by the names that `tokenizer.ggml.pre` has for it.
  private struct ByteLevelForm {
    let expression: PieceExpression
    let names: Set<String>
    /// `ignore_merges` and `add_bos_token` are in no file of these; they belong to the name.
    let prefersWholePieces: Bool
    let addsBeginOfText: Bool
    var normalizers: [Normalizer] = []
    /// The name that other programs know as well.
    let name: String
  }

  private static let byteLevelForms = [
    ByteLevelForm(
      expression: .llama3, names: ["llama-bpe", "llama3", "llama-v3", "falcon3"], prefersWholePieces: true,
      addsBeginOfText: true, name: "llama-bpe"),
    ByteLevelForm(
      expression: .gpt4o, names: ["gpt-4o"], prefersWholePieces: false, addsBeginOfText: false, name: "gpt-4o"),
    ByteLevelForm(
      expression: .qwen2, names: ["qwen2"], prefersWholePieces: false, addsBeginOfText: false,
      normalizers: [.composed], name: "qwen2"),
  ]

  /// The `pre` that stands for how a byte-level tokenizer cuts text, or nil where no name is known for it.
  static func pre(of tokenizer: Tokenizer) -> String? {
    byteLevelForms.first {
      $0.expression == tokenizer.expression && $0.prefersWholePieces == tokenizer.model.prefersWholePieces
        && $0.normalizers == tokenizer.normalizers
    }?.name
  }

  /// The vocabulary of Llama 3, with which files without `pre` are known: the official BitNet b1.58 2B4T is one.
  private static let llama3Tokens = 128_256

  /// All parts, checked.
  ///
  /// - Throws: `ModelFileError` that names the key.
  func parts() throws -> TokenizerParts {
    guard !tokens.isEmpty, tokens.count < Int(Int32.max) else {
      throw error("ggml.tokens", "has \(tokens.count) tokens; convert the model again")
    }
    switch model {
    case "gpt2": return try byteLevelParts(byteLevelForm())
    case "llama": return try sentencePieceParts()
    default:
      throw error("ggml.model", "\"\(model)\" is not supported; known are \"gpt2\" and \"llama\"")
    }
  }

  private func byteLevelForm() throws -> ByteLevelForm {
    if let pre, let form = Self.byteLevelForms.first(where: { $0.names.contains(pre) }) { return form }
    if pre == nil || pre == "default", tokens.count == Self.llama3Tokens { return Self.byteLevelForms[0] }
    let names = Self.byteLevelForms.flatMap { $0.names.sorted() }.joined(separator: ", ")
    throw error(
      "ggml.pre",
      pre.map { "\"\($0)\" is not known; known are \(names)" }
        ?? "is missing, and the text cannot be split without it; convert the model again (known are \(names))")
  }

  private func byteLevelParts(_ form: ByteLevelForm) throws -> TokenizerParts {
    let vocabulary = try makeVocabulary(spelling: .byteAlphabet)
    let byteTokens = try ByteTokens.ofByteLevel(vocabulary, file: file, part: "tokenizer.ggml.tokens")
    let (merges, mergedTokens) = try makeMerges(vocabulary)
    return TokenizerParts(
      file: file,
      model: BytePairModel(
        vocabulary: vocabulary, merges: merges, symbols: .bytes(byteTokens),
        prefersWholePieces: form.prefersWholePieces, mergedTokens: mergedTokens),
      normalizers: form.normalizers, expression: form.expression, addedTokens: try addedTokens(),
      prefix: try ends(addsBeginOfText ?? form.addsBeginOfText, "ggml.bos_token_id", beginOfText),
      suffix: try ends(addsEndOfText ?? false, "ggml.eos_token_id", endOfText),
      decoder: TokenDecoder(form: .byteLevel, leadingSpaces: 0), specialTokens: try specialTokens())
  }

  private func sentencePieceParts() throws -> TokenizerParts {
    let vocabulary = try makeVocabulary(spelling: .plain)
    let fallback = try ByteTokens.ofFallback(vocabulary, file: file, part: "tokenizer.ggml.tokens")
    let pairs = try ScoredMerges(self, vocabulary)
    let spacePrefix = addsSpacePrefix ?? true
    let replacing = Normalizer.replace([UInt8(ascii: " ")], with: BytePairModel.visibleSpace)
    return TokenizerParts(
      file: file,
      model: BytePairModel(
        vocabulary: vocabulary, merges: pairs.merges, symbols: .characters(fallback: fallback),
        prefersWholePieces: false, mergedTokens: pairs.mergedTokens, partialCharacters: pairs.partialCharacters),
      normalizers: spacePrefix ? [.prepend(BytePairModel.visibleSpace), replacing] : [replacing], expression: nil,
      addedTokens: try addedTokens(),
      prefix: try ends(addsBeginOfText ?? true, "ggml.bos_token_id", beginOfText),
      suffix: try ends(addsEndOfText ?? false, "ggml.eos_token_id", endOfText),
      decoder: TokenDecoder(form: .sentencePiece, leadingSpaces: spacePrefix ? 1 : 0),
      specialTokens: try specialTokens())
  }

  // MARK: Tokens

  /// The type of each token.
  func types() throws -> [TokenType] {
    guard let tokenTypes else { throw error("ggml.token_type", "is missing; convert the model again") }
    guard tokenTypes.count == tokens.count else {
      throw error("ggml.token_type", "has \(tokenTypes.count) entries for \(tokens.count) tokens")
    }
    return try tokenTypes.enumerated().map { id, raw in
      guard let type = TokenType(rawValue: raw) else {
        throw error("ggml.token_type", "\(raw) of token \(id) is no type; known are 1 to 6")
      }
      return type
    }
  }

  private func makeVocabulary(spelling: Vocabulary.Spelling) throws -> Vocabulary {
    var vocabulary = Vocabulary(spelling: spelling, capacity: tokens.count)
    for (id, type) in try types().enumerated() {
      // Text that is found whole is spelled as it is; only the others are in the alphabet of bytes.
      let isSpelled = ![.control, .userDefined, .unknown].contains(type)
      do throws(Vocabulary.Refusal) {
        try vocabulary.add(tokens[id], id: Int32(id), isSpelled: isSpelled)
      } catch {
        throw self.error("ggml.tokens", "\(error.words(token: tokens[id], id: Int32(id))); convert the model again")
      }
    }
    return vocabulary
  }

  private func addedTokens() throws -> [AddedToken] {
    try types().enumerated().compactMap { id, type in
      guard [.control, .userDefined, .unknown].contains(type), !tokens[id].isEmpty else { return nil }
      return AddedToken(id: Int32(id), content: tokens[id], isSpecial: type != .userDefined)
    }
  }

  private func makeMerges(_ vocabulary: Vocabulary) throws -> (Merges, [Int32]) {
    guard let merges, !merges.isEmpty else {
      throw error("ggml.merges", "is missing or empty; convert the model again, with its tokenizer.json beside it")
    }
    var builder = MergeBuilder(vocabulary, capacity: merges.count)
    for (index, merge) in merges.enumerated() {
      var merge = merge
      let problem = merge.withUTF8 { bytes -> String? in
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), bytes[(space + 1)...].allSatisfy({ $0 != 0x20 })
        else { return "must be two tokens with a space between them" }
        return builder.add(
          UnsafeBufferPointer(rebasing: bytes[..<space]), UnsafeBufferPointer(rebasing: bytes[(space + 1)...]))
      }
      if let problem { throw error("ggml.merges", "[\(index)] \(problem); convert the model again") }
    }
    return (builder.merges, builder.mergedTokens)
  }

  // MARK: Ids with a meaning

  private func id(_ key: String, _ value: Int?) throws -> Int32? {
    guard let value else { return nil }
    guard tokens.indices.contains(value) else {
      throw error(key, "\(value) has no token; ids go from 0 to \(tokens.count - 1)")
    }
    return Int32(value)
  }

  private func ends(_ isAdded: Bool, _ key: String, _ value: Int?) throws -> [Int32] {
    guard isAdded else { return [] }
    guard let id = try id(key, value) else { throw error(key, "is missing, but the token is to be added to texts") }
    return [id]
  }

  private func specialTokens() throws -> SpecialTokens {
    var special = SpecialTokens()
    special.beginOfText = try id("ggml.bos_token_id", beginOfText)
    special.endOfText = try id("ggml.eos_token_id", endOfText)
    special.endOfTurn = try id("ggml.eot_token_id", endOfTurn)
    special.unknown = try id("ggml.unknown_token_id", unknown)
    special.padding = try id("ggml.padding_token_id", padding)
    let named = zip(tokens, try types()).enumerated().compactMap { id, token in
      token.1 == .control && SpecialTokens.endingNames.contains(token.0) ? Int32(id) : nil
    }
    special.endOfGeneration = Set(named + [special.endOfText, special.endOfTurn].compactMap(\.self))
    return special
  }
}
