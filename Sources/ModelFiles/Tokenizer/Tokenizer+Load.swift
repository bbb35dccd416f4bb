extension Tokenizer {
  /// Reads a `tokenizer.json`.
  ///
  /// - Throws: `ModelFileError` that names the file, the key and what to do.
  public init(tokenizerFile path: String) throws {
    try self.init(TokenizerFile(path: path).parts())
    specialTokens.endOfGeneration = Set(SpecialTokens.endingNames.compactMap { id(of: $0) }.filter(specialIDs.contains))
  }
}
