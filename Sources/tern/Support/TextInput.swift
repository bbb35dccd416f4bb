/// Token ids where a command would otherwise read text.
enum TextInput {
  /// Token ids out of text: numbers with commas or white space between them.
  ///
  /// - Throws: `CommandError` that names the file and what is no id.
  static func ids(_ text: String, file: String) throws -> [Int32] {
    try text.split { $0 == "," || $0.isWhitespace }.map { word in
      guard let id = Int32(word), id >= 0 else {
        throw CommandError(
          "\(file): \"\(word.prefix(40))\" is no token id; --ids wants numbers, as tern tokenize prints")
      }
      return id
    }
  }
}
