/// Names that break formats, made from a seed.
struct Hostile {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private static let pieces: [String] = [
    "a", "Z", "9", "_", "\"", "\"\u{301}", "\\", "\\\\", "\n", "\r\n", "\r", "\t", ",", "=", " ", "'", "'\u{301}", "{",
    "}",
    "#", "# EOF", "%", ":", "::", "<", ">", "&", "]]>", "|", "`", "\0", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{2028}",
    "\u{FFFE}", "\u{FFFF}", "é", "e\u{301}", "ü", "日本", "👩‍💻", "\u{202E}", "\u{FEFF}", ";--", "*", "[x](y)", "@team",
  ]

  mutating func next(below count: Int) -> Int {
    // Knuth's constants; the low bits are poor, so the high ones are taken.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(count))
  }

  /// A text of up to `length` pieces, never empty.
  mutating func text(_ length: Int = 6) -> String {
    (0...next(below: length)).map { _ in Self.pieces[next(below: Self.pieces.count)] }.joined()
  }
}
