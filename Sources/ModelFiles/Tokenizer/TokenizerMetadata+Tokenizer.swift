extension Tokenizer {
  /// All tokens that are found in text before it is cut.
  var addedTokens: [AddedToken] { rawTokens.all + normalizedTokens.all }
}

extension TokenizerMetadata {
  /// Why a tokenizer cannot be said in the keys of a GGUF file.
  struct Inexpressible: Error {
    let reason: String
  }

  /// Says a tokenizer in the keys of a GGUF file, and makes sure that it is the same one when they are read.
  ///
  /// - Parameter tokenCount: the rows of the embedding; ids without a token get a filler, as other converters have it.
  /// - Throws: `Inexpressible`, where there is no key or no name for what the tokenizer does.
  init(_ tokenizer: Tokenizer, tokenCount: Int) throws {
    guard tokenizer.vocabularySize <= tokenCount else {
      throw Inexpressible(
        reason: "it has \(tokenizer.vocabularySize) tokens, and the embedding \(tokenCount) rows")
    }
    let isByteLevel = tokenizer.expression != nil
    let tokens = (0..<tokenCount).map { tokenizer.token(Int32($0)) ?? "[PAD\($0)]" }
    self.init(
      file: tokenizer.file, model: isByteLevel ? "gpt2" : "llama", tokens: tokens,
      tokenTypes: Self.types(of: tokenizer, tokens: tokens).map(\.rawValue))
    if isByteLevel {
      pre = Self.pre(of: tokenizer)
      merges = tokenizer.model.merges.inOrder.map { "\(tokens[Int($0.left)]) \(tokens[Int($0.right)])" }
      guard pre != nil else {
        throw Inexpressible(reason: "no name is known for how it cuts text before it merges (tokenizer.ggml.pre)")
      }
    } else {
      pre = "default"
      scores = try Self.scores(of: tokenizer, tokenCount: tokenCount)
      addsSpacePrefix = tokenizer.decoder.leadingSpaces > 0
    }
    try setIDs(tokenizer)
    chatTemplate = tokenizer.chatTemplateSource
    try requireSame(as: tokenizer)
  }

  /// What the keys say, in the order of published files.
  var keys: [(key: String, value: GGUFValue)] {
    let keys: [(String, GGUFValue?)] = [
      (Key.model, .string(model)),
      (Key.pre, pre.map(GGUFValue.string)),
      (Key.tokens, .array(GGUFArray(tokens))),
      (Key.scores, scores.map { .array(GGUFArray($0)) }),
      (Key.tokenTypes, tokenTypes.map { .array(GGUFArray($0)) }),
      (Key.merges, merges.map { .array(GGUFArray($0)) }),
      (Key.beginOfText, beginOfText.map { .uint32(UInt32($0)) }),
      (Key.endOfText, endOfText.map { .uint32(UInt32($0)) }),
      (Key.endOfTurn, endOfTurn.map { .uint32(UInt32($0)) }),
      (Key.unknown, unknown.map { .uint32(UInt32($0)) }),
      (Key.padding, padding.map { .uint32(UInt32($0)) }),
      (Key.addsBeginOfText, addsBeginOfText.map(GGUFValue.bool)),
      (Key.addsEndOfText, addsEndOfText.map(GGUFValue.bool)),
      (Key.addsSpacePrefix, addsSpacePrefix.map(GGUFValue.bool)),
      (Key.chatTemplate, chatTemplate.map(GGUFValue.string)),
    ]
    return keys.compactMap { key, value in value.map { (Key.prefix + key, $0) } }
  }

  // MARK: - Tokens

  private static func types(of tokenizer: Tokenizer, tokens: [String]) -> [TokenType] {
    let isByteLevel = tokenizer.expression != nil
    let added = Dictionary(tokenizer.addedTokens.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
    return tokens.enumerated().map { id, token in
      guard tokenizer.token(Int32(id)) != nil else { return .unused }
      if let added = added[Int32(id)] {
        if !added.isSpecial { return .userDefined }
        return !isByteLevel && Int32(id) == tokenizer.specialTokens.unknown ?? Self.unknownDefault(tokens)
          ? .unknown : .control
      }
      var token = token
      let isByte = !isByteLevel && token.withUTF8 { TokenDecoder.byte(spelled: $0) != nil }
      return isByte ? .byte : .normal
    }
  }

  /// SentencePiece's token for what it cannot say, where no file names another.
  private static func unknownDefault(_ tokens: [String]) -> Int32? { tokens.firstIndex(of: "<unk>").map(Int32.init) }

  /// Scores under which SentencePiece's rule makes exactly the merges that the tokenizer has, in their order.
  private static func scores(of tokenizer: Tokenizer, tokenCount: Int) throws -> [Float] {
    let (vocabulary, merges) = (tokenizer.model.vocabulary, tokenizer.model.merges)
    let special = Set(tokenizer.addedTokens.filter(\.isSpecial).map(\.id))
    var ranks: [(id: Int32, first: UInt32, last: UInt32)] = []
    var found = 0
    for id in 0..<Int32(vocabulary.idEnd) where vocabulary.contains(id) && !special.contains(id) {
      let own = try vocabulary.withBytes(of: id) { token in
        try cuts(of: token, vocabulary, special).map { left, right in
          let merge = merges[left, right]
          guard merge != Merges.none, Merges.id(merge) == id else {
            throw Inexpressible(
              reason: "\"\(tokenizer.token(id) ?? "")\" can be made of two tokens that it does not merge, and scores "
                + "would merge them")
          }
          return Merges.rank(merge)
        }
      }
      guard let first = own.min(), let last = own.max() else { continue }
      found += own.count
      ranks.append((id, first, last))
    }
    ranks.sort { $0.first < $1.first }
    // A score belongs to a token, so that all its merges come before or after all of another's.
    guard found == merges.count, zip(ranks, ranks.dropFirst()).allSatisfy({ $0.last < $1.first }) else {
      throw Inexpressible(reason: "the order of its merges is none that scores of tokens can have")
    }
    var scores = [Float](repeating: 0, count: tokenCount)
    for (order, rank) in ranks.enumerated() { scores[Int(rank.id)] = -Float(order) }
    return scores
  }

  /// Every way to cut a token in two others.
  private static func cuts(
    of token: UnsafeBufferPointer<UInt8>, _ vocabulary: Vocabulary, _ special: Set<Int32>
  ) -> [(Int32, Int32)] {
    guard token.count > 1 else { return [] }
    return (1..<token.count).compactMap { cut in
      let left = vocabulary.id(of: UnsafeBufferPointer(rebasing: token[..<cut]))
      let right = vocabulary.id(of: UnsafeBufferPointer(rebasing: token[cut...]))
      return left < 0 || right < 0 || special.contains(left) || special.contains(right) ? nil : (left, right)
    }
  }

  // MARK: - Ids with a meaning

  private mutating func setIDs(_ tokenizer: Tokenizer) throws {
    let special = tokenizer.specialTokens
    guard tokenizer.prefix.count <= 1, tokenizer.suffix.count <= 1 else {
      throw Inexpressible(reason: "it puts more than one token before or behind a text")
    }
    addsBeginOfText = !tokenizer.prefix.isEmpty
    addsEndOfText = !tokenizer.suffix.isEmpty
    beginOfText = (tokenizer.prefix.first ?? special.beginOfText).map(Int.init)
    endOfText = (tokenizer.suffix.first ?? special.endOfText).map(Int.init)
    unknown = (special.unknown ?? (model == "llama" ? Self.unknownDefault(tokens) : nil)).map(Int.init)
    padding = special.padding.map(Int.init)
    // The one that the files state, then one by its name, then whatever else ends a generation.
    let others = special.endOfGeneration.filter { Int($0) != endOfText }.sorted()
    let named = others.first { ["<|eot_id|>", "<|im_end|>", "<|end|>"].contains(tokens[Int($0)]) }
    let unnamed = others.first { !SpecialTokens.endingNames.contains(tokens[Int($0)]) }
    endOfTurn = (special.endOfTurn ?? unnamed ?? named).map(Int.init)
  }

  /// Reads the keys again and compares.
  private func requireSame(as tokenizer: Tokenizer) throws {
    let read = try Tokenizer(self)
    let differences = [
      ("its normalizer", read.normalizers != tokenizer.normalizers),
      ("how it cuts text", read.expression != tokenizer.expression),
      ("its merges", read.model.merges.count != tokenizer.model.merges.count),
      ("whether it takes whole pieces", read.model.prefersWholePieces != tokenizer.model.prefersWholePieces),
      ("what it puts around a text", read.prefix != tokenizer.prefix || read.suffix != tokenizer.suffix),
      ("how it decodes", read.decoder != tokenizer.decoder),
      ("which tokens are special", read.specialIDs != tokenizer.specialIDs),
    ]
    if let (what, _) = differences.first(where: \.1) {
      throw Inexpressible(reason: "there is no key for \(what)")
    }
  }
}
