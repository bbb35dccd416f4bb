extension Tokenizer {
  /// The text of some ids; bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Parameter skippingSpecial: whether special tokens are left out.
  /// - Throws: `ModelFileError` for an id that has no token.
  public func decode(_ ids: some Sequence<Int32>, skippingSpecial: Bool = false) throws -> String {
    var bytes: [UInt8] = []
    // Byte tokens that follow one another, SentencePiece's.
    var run: [UInt8] = []
    for id in ids {
      try check(id)
      if skippingSpecial && specialIDs.contains(id) { continue }
      let byte = byte(of: id)
      if let byte { run.append(byte) }
      if !run.isEmpty && byte == nil { Self.appendRun(&run, to: &bytes) }
      if byte == nil { appendText(of: id, to: &bytes) }
    }
    Self.appendRun(&run, to: &bytes)
    let leading = bytes.prefix(decoder.leadingSpaces).prefix { $0 == UInt8(ascii: " ") }.count
    return String(decoding: bytes[leading...], as: UTF8.self)
  }

  /// Checks that an id has a token.
  ///
  /// - Throws: `ModelFileError` that names the id.
  func check(_ id: Int32) throws {
    guard model.vocabulary.contains(id) else {
      throw ModelFileError(
        file: file, part: "id \(id)",
        problem: "has no token; ids go from 0 to \(vocabularySize - 1): were they made with another tokenizer?")
    }
  }

  /// The byte that a token is, if it is one of SentencePiece's byte tokens.
  func byte(of id: Int32) -> UInt8? {
    guard decoder.form == .sentencePiece else { return nil }
    return model.vocabulary.withBytes(of: id) { TokenDecoder.byte(spelled: $0) }
  }

  /// Appends what a token that is no byte token says; in byte-level vocabularies that may be a part of a character.
  func appendText(of id: Int32, to bytes: inout [UInt8]) {
    if !normalizedContents.isEmpty, let content = normalizedContents[id] {
      content.withUnsafeBufferPointer { appendText($0, to: &bytes) }
    } else {
      model.vocabulary.withBytes(of: id) { appendText($0, to: &bytes) }
    }
  }

  private func appendText(_ token: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    guard decoder.form == .sentencePiece else {
      bytes.append(contentsOf: token)
      return
    }
    var position = 0
    while position < token.count {
      let isSpace = BytePairModel.isVisibleSpace(token, at: position)
      bytes.append(isSpace ? UInt8(ascii: " ") : token[position])
      position += isSpace ? 3 : 1
    }
  }

  /// Appends a run of byte tokens: its text if it is UTF-8, else U+FFFD for every byte of it, as `tokenizers` does.
  private static func appendRun(_ run: inout [UInt8], to bytes: inout [UInt8]) {
    guard !run.isEmpty else { return }
    let isText = run.withUnsafeBufferPointer { UTF8Text.firstInvalid(in: $0) == nil }
    if isText { bytes += run } else { for _ in run { bytes += StreamingDetokenizer.replacement } }
    run.removeAll()
  }
}
