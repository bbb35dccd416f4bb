import Sinks

/// A table whose last column holds sentences: they are wrapped below each other, where `TextTable` would cut them.
struct ProseTable {
  let columns: [TextTable.Column]
  let rows: [[String]]

  /// Narrower than this, sentences fall apart into words; then they go on lines of their own, indented.
  private static let narrowest = 24

  /// The text, each line with its newline and none wider than `width` unless a word or an essential column is.
  func render(width: Int) -> String {
    let table = TextTable(columns: columns.dropLast(), rows: rows.map { Array($0.dropLast()) }).render(width: width)
    let lines = table.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    let sentences = [columns.last?.title ?? ""] + rows.map { $0.last ?? "" }
    // What follows the rows says which columns had no room.
    let remark = lines.dropFirst(sentences.count).map { $0 + "\n" }
    let indent = (lines.prefix(sentences.count).map(\.count).max() ?? 0) + 2
    let body = zip(lines, sentences).map { line, sentence in
      width - indent < Self.narrowest
        ? below(line, sentence, width: width) : beside(line, sentence, indent: indent, width: width)
    }
    return (body + remark).joined()
  }

  private func beside(_ line: String, _ sentence: String, indent: Int, width: Int) -> String {
    let wrapped = Prose.wrapped(sentence, width: width - indent)
    let first = sentence.isEmpty ? line : line + String(repeating: " ", count: indent - line.count) + wrapped[0]
    let rest = wrapped.dropFirst().map { String(repeating: " ", count: indent) + $0 }
    return ([first] + rest).map { $0 + "\n" }.joined()
  }

  private func below(_ line: String, _ sentence: String, width: Int) -> String {
    let wrapped = sentence.isEmpty ? [] : Prose.wrapped(sentence, width: width - 4).map { "    \($0)" }
    return ([line] + wrapped).map { $0 + "\n" }.joined()
  }
}
