extension TokenizerFile {
  /// The vocabulary and the merges, with the added tokens in their places.
  ///
  /// - Throws: `ModelFileError` that names the key and the token.
  func readModel(isByteLevel: Bool, addedTokens: [AddedToken]) throws -> BytePairModel {
    try checkModelForm()
    var vocabulary = try readVocabulary(spelling: isByteLevel ? .byteAlphabet : .plain)
    let symbols =
      try isByteLevel
      ? BytePairModel.Symbols.bytes(ByteTokens.ofByteLevel(vocabulary, file: file.path, part: "model.vocab"))
      : .characters(fallback: ByteTokens.ofFallback(vocabulary, file: file.path, part: "model.vocab"))
    let (merges, mergedTokens) = try readMerges(vocabulary)
    for token in addedTokens { try add(token, to: &vocabulary) }
    return BytePairModel(
      vocabulary: vocabulary, merges: merges, symbols: symbols,
      prefersWholePieces: try modelNode("ignore_merges").flag(or: false), mergedTokens: mergedTokens)
  }

  private func checkModelForm() throws {
    let type = try modelNode("type")
    if try !type.isNull && type.text() != "BPE" {
      throw type.error("\"\(try type.text())\" is not supported; only BPE is")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      let node = try modelNode(key)
      guard try node.isNull || node.text().isEmpty else { throw node.error("is not supported, and must be null") }
    }
    let dropout = try modelNode("dropout")
    guard dropout.isNull || dropout.value == .number(0) else {
      throw dropout.error("makes tokens random; set it to null")
    }
  }

  private func readVocabulary(spelling: Vocabulary.Spelling) throws -> Vocabulary {
    // An entry takes six bytes at the least, and twenty on average.
    var vocabulary = Vocabulary(spelling: spelling, capacity: byteCount / 40)
    try readModelMember("vocab") { scanner in
      try scanner.rawMembers { token, scanner in
        let id = try scanner.integer()
        try add(token, id: id, to: &vocabulary, part: "model.vocab")
      }
    }
    return vocabulary
  }

  /// Adds a token under an id that the file's size allows: a vocabulary may have holes, but no deserts.
  private func add(
    _ token: UnsafeBufferPointer<UInt8>, id: Int, to vocabulary: inout Vocabulary, part: String, isSpelled: Bool = true
  ) throws {
    let name = String(decoding: token.prefix(100), as: UTF8.self)
    guard id >= 0, id < min(byteCount, Int(Int32.max)) else {
      throw error(part, "gives \"\(name)\" the id \(id), which lies outside of any vocabulary of this size")
    }
    do throws(Vocabulary.Refusal) {
      try vocabulary.add(token, id: Int32(id), isSpelled: isSpelled)
    } catch {
      throw self.error(part, "\(error.words(token: name, id: Int32(id))); download the file again")
    }
  }

  private func add(_ token: AddedToken, to vocabulary: inout Vocabulary) throws {
    if let known = vocabulary.id(spelled: token.content) {
      guard known == token.id else {
        throw error(
          "added_tokens", "gives \"\(token.content)\" the id \(token.id), but it has \(known); download the file again")
      }
      return
    }
    var content = token.content
    try content.withUTF8 { try add($0, id: Int(token.id), to: &vocabulary, part: "added_tokens", isSpelled: false) }
  }

  // MARK: Merges

  private func readMerges(_ vocabulary: Vocabulary) throws -> (Merges, mergedTokens: [Int32]) {
    var builder = MergeBuilder(vocabulary, capacity: byteCount / 60)
    try readModelMember("merges") { scanner in
      var left: [UInt8] = []
      var right: [UInt8] = []
      try scanner.elements { scanner in
        left.removeAll(keepingCapacity: true)
        right.removeAll(keepingCapacity: true)
        try Self.readPair(&scanner, &left, &right)
        let problem = left.withUnsafeBufferPointer { left in
          right.withUnsafeBufferPointer { right in builder.add(left, right) }
        }
        if let problem { throw scanner.failure(problem) }
      }
    }
    guard builder.merges.count > 0 else {
      throw error("model.merges", "is empty; take the tokenizer.json that was published with the model")
    }
    return (builder.merges, builder.mergedTokens)
  }

  /// A merge as ["a", "b"], or as "a b" in older files.
  private static func readPair(_ scanner: inout JSONScanner, _ left: inout [UInt8], _ right: inout [UInt8]) throws {
    guard try scanner.peek() == UInt8(ascii: "[") else {
      try scanner.string(into: &left)
      let halves = left.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard halves.count == 2 else { throw scanner.failure("must be two tokens with a space between them") }
      (left, right) = (Array(halves[0]), Array(halves[1]))
      return
    }
    var count = 0
    try scanner.elements { scanner in
      switch count {
      case 0: try scanner.string(into: &left)
      case 1: try scanner.string(into: &right)
      default: throw scanner.failure("must be two tokens")
      }
      count += 1
    }
    guard count == 2 else { throw scanner.failure("must be two tokens") }
  }
}

extension Vocabulary.Refusal {
  /// Says what kept a token out.
  func words(token: String, id: Int32) -> String {
    switch self {
    case .idTaken(let other): "gives the id \(id) to \"\(token)\" and to \"\(other)\""
    case .tokenTaken(let other): "has the token \"\(token)\" twice, with ids \(other) and \(id)"
    case .tooLarge: "has more than 4 GiB of tokens"
    }
  }
}
