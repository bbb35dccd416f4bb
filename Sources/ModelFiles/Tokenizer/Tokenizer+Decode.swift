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
      switch text(of: id) {
      case .byte(let byte): run.append(byte)
      case .text(let text):
        Self.appendRun(&run, to: &bytes)
        bytes += text
      }
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

  /// What a token that is there says.
  func text(of id: Int32) -> TokenText {
    let bytes = normalizedContents[id] ?? model.vocabulary.withBytes(of: id) { Array($0) }
    guard decoder.form == .sentencePiece else { return .text(bytes) }
    if let byte = bytes.withUnsafeBufferPointer({ TokenDecoder.byte(spelled: $0) }) { return .byte(byte) }
    return .text(Normalizer.replace(BytePairModel.visibleSpace, with: [UInt8(ascii: " ")]).apply(to: bytes))
  }

  /// Appends a run of byte tokens: its text if it is UTF-8, else U+FFFD for every byte of it, as `tokenizers` does.
  private static func appendRun(_ run: inout [UInt8], to bytes: inout [UInt8]) {
    guard !run.isEmpty else { return }
    let isText = run.withUnsafeBufferPointer { UTF8Text.firstInvalid(in: $0) == nil }
    if isText { bytes += run } else { for _ in run { bytes += StreamingDetokenizer.replacement } }
    run.removeAll()
  }
}
