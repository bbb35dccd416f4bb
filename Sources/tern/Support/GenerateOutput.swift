import ModelFiles

/// What `generate` writes to stdout as it comes: text where there is a tokenizer, else ids in one line.
struct GenerateOutput {
  private var stream: TextStream?
  private let isQuiet: Bool
  private var isFirst = true

  init(tokenizer: Tokenizer?, stops: [String], isQuiet: Bool) {
    stream = tokenizer.map { TextStream($0, stops: stops) }
    self.isQuiet = isQuiet
  }

  /// The text so far; nil where only ids are known.
  var text: String? { stream?.text }

  /// Takes a token; false once a stop text is complete.
  mutating func append(_ id: Int32) -> Bool {
    defer { isFirst = false }
    write(stream?.append(id) ?? (isFirst ? "\(id)" : " \(id)"))
    return stream?.isStopped != true
  }

  /// Ends the line.
  mutating func finish() {
    write(stream?.finish() ?? "")
    write("\n")
  }

  private func write(_ text: String) {
    if !isQuiet && !text.isEmpty { Console.text(text) }
  }
}
