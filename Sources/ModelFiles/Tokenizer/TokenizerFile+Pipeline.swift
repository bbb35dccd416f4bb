extension TokenizerFile {
  /// All parts, read and checked against each other.
  ///
  /// `truncation` and `padding` are not looked at: they are how one program called the tokenizer, not what it is.
  ///
  /// - Throws: `ModelFileError` that names the key.
  func parts() throws -> TokenizerParts {
    let normalizers = try readNormalizers(node("normalizer"))
    let expression = try readPreTokenizer(node("pre_tokenizer"), normalizers: normalizers)
    let isByteLevel = expression != nil
    let decoder = try readDecoder(node("decoder"), isByteLevel: isByteLevel)
    guard try isByteLevel || modelNode("byte_fallback").flag(or: false) else {
      throw error(
        "model.byte_fallback",
        "is false, and there is no ByteLevel pre-tokenizer; text outside of the vocabulary would be lost")
    }
    let addedTokens = try readAddedTokens()
    let model = try readModel(isByteLevel: isByteLevel, addedTokens: addedTokens)
    let (prefix, suffix) = try readPostProcessor(node("post_processor"), model.vocabulary)
    return TokenizerParts(
      file: file.path, model: model, normalizers: normalizers, expression: expression, addedTokens: addedTokens,
      prefix: prefix, suffix: suffix, decoder: decoder)
  }

  private func readAddedTokens() throws -> [AddedToken] {
    let node = try node("added_tokens")
    guard !node.isNull else { return [] }
    var seen: Set<String> = []
    return try node.elements().map { element in
      let token = AddedToken(
        id: try tokenID(element["id"]), content: try element["content"].text(),
        isSpecial: try element["special"].flag(or: false), isSingleWord: try element["single_word"].flag(or: false),
        takesSpaceBefore: try element["lstrip"].flag(or: false), takesSpaceAfter: try element["rstrip"].flag(or: false),
        isNormalized: try element["normalized"].flag(or: false))
      guard !token.content.isEmpty else { throw element["content"].error("is empty") }
      guard seen.insert(token.content).inserted else {
        throw element["content"].error("\"\(token.content)\" stands there twice; download the file again")
      }
      return token
    }
  }

  private func tokenID(_ node: JSONNode) throws -> Int32 {
    guard let id = Int32(exactly: try node.integer()), id >= 0 else { throw node.error("is no token id") }
    return id
  }

  // MARK: Before the model

  private func readNormalizers(_ node: JSONNode) throws -> [Normalizer] {
    if node.isNull { return [] }
    switch try node["type"].text() {
    case "Sequence": return try node["normalizers"].elements().flatMap { try readNormalizers($0) }
    case "Prepend": return [.prepend(Array(try node["prepend"].text().utf8))]
    case "NFC": return [.composed]
    case "Replace":
      let pattern = node["pattern"]["String"]
      if pattern.isNull { throw node["pattern"].error("must be {\"String\": …}; expressions are not supported here") }
      let old = Array(try pattern.text().utf8)
      guard !old.isEmpty else { throw pattern.error("is empty") }
      return [.replace(old, with: Array(try node["content"].text().utf8))]
    case let other:
      throw node.error("\"\(other)\" is not supported; known are Sequence, Prepend, Replace and NFC")
    }
  }

  /// The splitting expression of a byte-level tokenizer, or nil where there is nothing to split by.
  private func readPreTokenizer(_ node: JSONNode, normalizers: [Normalizer]) throws -> PieceExpression? {
    if node.isNull { return nil }
    let steps = try node["type"].text() == "Sequence" ? node["pretokenizers"].elements() : [node]
    let types = try steps.map { try $0["type"].text() }
    switch types {
    case ["Split", "ByteLevel"]:
      try checkByteLevel(steps[1])
      return try readExpression(steps[0])
    case ["Split"] where isWithoutEffect(steps[0], normalizers): return nil
    default:
      throw node.error(
        "\(types.joined(separator: " + ")) is not supported; known is a Split by expression with a ByteLevel after it")
    }
  }

  /// Gemma's file splits at spaces, which its normalizer has replaced before.
  private func isWithoutEffect(_ split: JSONNode, _ normalizers: [Normalizer]) -> Bool {
    guard case .string(let separator) = split["pattern"]["String"].value else { return false }
    let probe = normalizers.reduce(Array("a\(separator)b".utf8)) { $1.apply(to: $0) }
    return !String(decoding: probe, as: UTF8.self).contains(separator)
  }

  private func readExpression(_ split: JSONNode) throws -> PieceExpression {
    guard try split["behavior"].text() == "Isolated", try !split["invert"].flag(or: false) else {
      throw split["behavior"].error("must be Isolated, and invert false")
    }
    let pattern = try split["pattern"]["Regex"].text()
    guard let expression = PieceExpression(pattern: pattern) else {
      throw split["pattern"].error(
        "the expression \(pattern.prefix(200)) is not known; known are those of Llama 3, GPT-4o and Qwen 2")
    }
    return expression
  }

  private func checkByteLevel(_ node: JSONNode) throws {
    if try node["add_prefix_space"].flag(or: true) { throw node["add_prefix_space"].error("must be false") }
    if try node["use_regex"].flag(or: true) {
      throw node["use_regex"].error("must be false: GPT-2's own expression is not supported")
    }
  }

  // MARK: After the model

  /// The ids that stand before and after a text.
  private func readPostProcessor(
    _ node: JSONNode, _ vocabulary: Vocabulary
  ) throws -> (prefix: [Int32], suffix: [Int32]) {
    if node.isNull { return ([], []) }
    switch try node["type"].text() {
    case "ByteLevel":
      // Changes offsets alone.
      return ([], [])
    case "TemplateProcessing":
      return try readTemplate(node, vocabulary)
    case "Sequence":
      // Each step puts its tokens around what the one before it gave.
      return try node["processors"].elements().reduce(into: ([], [])) { sum, step in
        let (prefix, suffix) = try readPostProcessor(step, vocabulary)
        sum = (prefix + sum.0, sum.1 + suffix)
      }
    case let other:
      throw node.error("\"\(other)\" is not supported; known are Sequence, ByteLevel and TemplateProcessing")
    }
  }

  private func readTemplate(_ node: JSONNode, _ vocabulary: Vocabulary) throws -> (prefix: [Int32], suffix: [Int32]) {
    var around: [[Int32]] = [[]]
    for piece in try node["single"].elements() {
      if !piece["Sequence"].isNull {
        around.append([])
        continue
      }
      let name = try piece["SpecialToken"]["id"].text()
      for id in try node["special_tokens"][name]["ids"].elements() {
        let tokenID = try tokenID(id)
        guard vocabulary.contains(tokenID) else { throw id.error("\(tokenID) has no token in the vocabulary") }
        around[around.count - 1].append(tokenID)
      }
    }
    guard around.count == 2 else { throw node["single"].error("must hold the text exactly once") }
    return (around[0], around[1])
  }

  private func readDecoder(_ node: JSONNode, isByteLevel: Bool) throws -> TokenDecoder {
    if node.isNull { throw node.error("is missing; take the tokenizer.json that was published with the model") }
    let steps = try node["type"].text() == "Sequence" ? node["decoders"].elements() : [node]
    let types = try steps.map { try $0["type"].text() }
    switch (isByteLevel, types) {
    case (true, ["ByteLevel"]):
      return TokenDecoder(form: .byteLevel, leadingSpaces: 0)
    case (false, ["Replace", "ByteFallback", "Fuse"]), (false, ["Replace", "ByteFallback", "Fuse", "Strip"]):
      guard try steps[0]["pattern"]["String"].text() == "\u{2581}", try steps[0]["content"].text() == " " else {
        throw steps[0].error("must put a space for \u{2581}")
      }
      return TokenDecoder(form: .sentencePiece, leadingSpaces: try steps.count == 4 ? leadingSpaces(steps[3]) : 0)
    default:
      throw node.error(
        "\(types.joined(separator: " + ")) is not supported after this pre-tokenizer; known are ByteLevel, and Replace + "
          + "ByteFallback + Fuse with or without Strip")
    }
  }

  private func leadingSpaces(_ strip: JSONNode) throws -> Int {
    let start = try strip["start"].integer()
    guard try strip["content"].text() == " ", 0...16 ~= start, try strip["stop"].integer() == 0 else {
      throw strip.error("must cut spaces off the beginning alone")
    }
    return start
  }
}
