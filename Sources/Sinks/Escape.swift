/// Replaces single scalars of a text.
///
/// Scalars and not characters: a quote that is followed by a combining mark is one character with it and equals no
/// quote, so that a replacement of characters would let it through.
enum Escape {
  /// The text with every scalar for which `replacement` gives something replaced by that.
  static func scalars(of text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if let new = replacement(scalar) { escaped += new } else { escaped.unicodeScalars.append(scalar) }
    }
    return escaped
  }

  /// Whether a scalar moves a terminal's cursor or ends a line: U+0000 to U+001F, DEL, U+0080 to U+009F, and Unicode's two
  /// line separators.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  /// The text on one line, as a log or a table can take it.
  static func oneLine(_ text: String) -> String { scalars(of: text) { isControl($0) ? " " : nil } }
}
