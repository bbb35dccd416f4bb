/// Text to token ids and back, as the files of a model state it.
///
/// Made from `tokenizer.json`, from a model's folder or from the metadata of a GGUF file; a form that is not known is an
/// error that names it, never a guess. Values are immutable, and may be used from several threads at once.
public struct Tokenizer: Sendable {
  /// The file that it was made from.
  public let file: String
  /// The ids with a meaning, as far as the files name them.
  public var specialTokens: SpecialTokens
  /// The chat template that came with it, in Jinja; nil where there is none.
  public var chatTemplateSource: String?

  let model: BytePairModel
  let normalizers: [Normalizer]
  /// Cuts text into pieces; nil where nothing but merges decides.
  let expression: PieceExpression?
  /// Tokens that are found in text as it is, and those that are found after normalizing.
  let rawTokens: AddedTokenMatcher
  let normalizedTokens: AddedTokenMatcher
  /// What the tokens of normalized text were looked for as, where that is not their own spelling: they say that.
  let normalizedContents: [Int32: [UInt8]]
  /// Ids to leave out of text for people.
  public let specialIDs: Set<Int32>
  /// The ids that the files put before a text: `<|begin_of_text|>` and its like, or none.
  public let prefix: [Int32]
  /// The ids that the files put after a text, often none.
  public let suffix: [Int32]
  let decoder: TokenDecoder

  init(_ parts: TokenizerParts) throws {
    file = parts.file
    specialTokens = parts.specialTokens
    model = parts.model
    normalizers = parts.normalizers
    expression = parts.expression
    prefix = parts.prefix
    suffix = parts.suffix
    decoder = parts.decoder
    specialIDs = Set(parts.addedTokens.filter(\.isSpecial).map(\.id))
    var raw = AddedTokenMatcher()
    var normalized = AddedTokenMatcher()
    var contents: [Int32: [UInt8]] = [:]
    for token in parts.addedTokens {
      let content = Array(token.content.utf8)
      if token.isNormalized {
        let normalContent = parts.normalizers.reduce(content) { $1.apply(to: $0) }
        normalized.add(token, content: normalContent)
        if normalContent != content { contents[token.id] = normalContent }
      } else {
        raw.add(token, content: content)
      }
    }
    rawTokens = raw
    normalizedTokens = normalized
    normalizedContents = contents
  }

  /// What kind it is, for people: "byte-level BPE" or "SentencePiece BPE".
  public var kind: String {
    switch decoder.form {
    case .byteLevel: "byte-level BPE"
    case .sentencePiece: "SentencePiece BPE"
    }
  }

  /// One more than the highest id; some ids below may be without a token.
  public var vocabularySize: Int { model.vocabulary.idEnd }

  /// The spelling of a token in the file, or nil if `id` has none.
  public func token(_ id: Int32) -> String? { model.vocabulary.spelling(of: id) }

  /// The id of a token by its spelling in the file, or nil.
  public func id(of token: String) -> Int32? { model.vocabulary.id(spelled: token) }

  // MARK: Encoding

  /// Encodes a text.
  ///
  /// - Parameters:
  ///   - addingSpecial: whether the tokens that begin (and end) a text are put around it.
  ///   - parsingSpecial: whether `<|eot_id|>` in the text is that token; switch it off for text that is not trusted.
  public func encode(_ text: String, addingSpecial: Bool = false, parsingSpecial: Bool = true) -> [Int32] {
    var text = text
    let ids = text.withUTF8 { encode($0, parsingSpecial: parsingSpecial) }
    return addingSpecial ? prefix + ids + suffix : ids
  }

  /// Encodes a text of which some bytes may spell no special token.
  func encode(_ text: String, untrusted: Range<Int>) -> [Int32] {
    var text = text
    return text.withUTF8 { encode($0, parsingSpecial: true, untrusted: untrusted) }
  }

  private func encode(
    _ text: UnsafeBufferPointer<UInt8>, parsingSpecial: Bool, untrusted: Range<Int>? = nil
  ) -> [Int32] {
    let parts =
      rawTokens.isEmpty
      ? [AddedTokenMatcher.Part(start: 0, end: text.count, token: nil)]
      : rawTokens.parts(of: text, special: parsingSpecial, untrusted: untrusted)
    guard !normalizers.isEmpty || !normalizedTokens.isEmpty else { return encode(parts, of: text) }
    // Normalizing moves bytes, so that nobody knows any longer which of them are trusted.
    let (normalText, normalParts) = normalize(parts, of: text, parsingSpecial: parsingSpecial && untrusted == nil)
    return normalText.withUnsafeBufferPointer { encode(normalParts, of: $0) }
  }

  /// Normalizes what is text, and finds the added tokens of normalized text in it.
  private func normalize(
    _ parts: [AddedTokenMatcher.Part], of text: UnsafeBufferPointer<UInt8>, parsingSpecial: Bool
  ) -> ([UInt8], [AddedTokenMatcher.Part]) {
    var result: [UInt8] = []
    var resultParts: [AddedTokenMatcher.Part] = []
    for part in parts {
      guard part.token == nil else {
        resultParts.append(part)
        continue
      }
      let normal = normalizers.reduce(Array(text[part.start..<part.end])) { $1.apply(to: $0) }
      let start = result.count
      result += normal
      let inner = normal.withUnsafeBufferPointer { normalizedTokens.parts(of: $0, special: parsingSpecial) }
      resultParts += inner.map { .init(start: start + $0.start, end: start + $0.end, token: $0.token) }
    }
    return (result, resultParts)
  }

  private func encode(_ parts: [AddedTokenMatcher.Part], of text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var run = EncodingRun(model, textBytes: text.count)
    for part in parts {
      if let token = part.token { run.append(token) } else { encode(part, of: text, into: &run) }
    }
    return run.ids
  }

  private func encode(
    _ part: AddedTokenMatcher.Part, of text: UnsafeBufferPointer<UInt8>, into run: inout EncodingRun
  ) {
    let partText = UnsafeBufferPointer(rebasing: text[..<part.end])
    var position = part.start
    guard let expression else {
      while position < part.end {
        let end = model.hasWordBoundaries ? BytePairModel.firstWordBoundary(in: partText, from: position) : part.end
        run.encode(partText, position, end)
        position = end
      }
      return
    }
    CharacterClass.basicPlane.withUnsafeBufferPointer { classes in
      let scanner = PieceScanner(text: partText, classes: classes)
      while position < part.end {
        let end = expression.end(of: position, in: scanner)
        run.encode(partText, position, end)
        position = end
      }
    }
  }
}
