/// How many columns of a terminal a text takes up.
enum TextWidth {
  /// The sum over the characters: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
  static func of(_ text: String) -> Int {
    text.reduce(0) { $0 + width($1) }
  }

  /// Cuts a text that is too wide and puts "…" in place of the rest.
  static func shortened(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    var kept = ""
    var used = 0
    for character in text {
      used += self.width(character)
      guard used <= width - 1 else { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// Replaces control characters, which would break lines or reach the terminal as commands.
  static func printable(_ text: String) -> String {
    String(text.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : $0 })
  }

  /// A character is as wide as its first scalar; marks that follow are drawn over it.
  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let isEmoji = scalar.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}")
    return isEmoji || wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// The wide and full-width blocks of Unicode Standard Annex 11, without the rare ones.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x2_0000...0x3_FFFD,
  ]
}
