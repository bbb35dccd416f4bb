/// Text inside Markdown.
enum Markdown {
  /// One field of a table: a bar would end it, a newline the row.
  static func inTable(_ text: String) -> String {
    Escape.oneLine(Escape.scalars(of: text) { $0 == "|" ? "\\|" : nil })
  }

  /// One field of a table whose text came from outside of the program: nothing in it is markup or HTML.
  static func literal(_ text: String) -> String {
    Escape.oneLine(Escape.scalars(of: text) { "\\`*_[]<>#|~&@".unicodeScalars.contains($0) ? "\\\($0)" : nil })
  }

  /// A name between backticks, where nothing but a backtick has a meaning; a bar keeps its backslash in tables.
  static func code(_ text: String) -> String {
    let plain = Escape.oneLine(Escape.scalars(of: text) { $0 == "`" ? "'" : $0 == "|" ? "\\|" : nil })
    return plain.isEmpty ? "" : "`\(plain)`"
  }
}
