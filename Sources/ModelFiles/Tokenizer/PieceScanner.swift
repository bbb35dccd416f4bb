/// Cuts text into the pieces that merges do not cross: the splitting expressions of tokenizer files, by hand.
///
/// The expressions are alternatives tried in order at the place where the last piece ended. They have only possessive
/// loops over disjoint classes, but for the few places noted below, so that one pass forward finds what an engine with
/// backtracking would.
struct PieceScanner {
  let text: UnsafeBufferPointer<UInt8>
  let classes: UnsafeBufferPointer<CharacterClass>

  /// One character: its class, its first byte, and where it ends.
  struct Character {
    let kind: CharacterClass
    let first: UInt8
    let end: Int
  }

  /// The character at `position`, or nil at the end of the text.
  @inline(__always)
  func character(_ position: Int) -> Character? {
    guard position < text.count else { return nil }
    let first = text[position]
    if first < 0x80 { return Character(kind: classes[Int(first)], first: first, end: position + 1) }
    // The text was valid UTF-8 when it came in; a byte that is not is one character of no class.
    guard let step = UTF8Text.scalar(text, at: position) else {
      return Character(kind: [], first: first, end: position + 1)
    }
    return Character(kind: .of(step.scalar, in: classes), first: first, end: position + step.length)
  }

  /// Where the run of characters with any of `kinds` ends that begins at `position`.
  @inline(__always)
  func run(of kinds: CharacterClass, from position: Int) -> Int {
    var end = position
    while let next = character(end), !next.kind.isDisjoint(with: kinds) { end = next.end }
    return end
  }

  // MARK: Alternatives that expressions share

  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`: where the match ends, or nil.
  ///
  /// Without regard to case also means the long s, ſ: it folds to s.
  func contraction(_ position: Int) -> Int? {
    guard position + 1 < text.count, text[position] == UInt8(ascii: "'") else { return nil }
    // The bit that tells capital letters of ASCII from small ones.
    let one = text[position + 1] | 0x20
    switch one {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return position + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
      let second = one == UInt8(ascii: "l") ? UInt8(ascii: "l") : UInt8(ascii: "e")
      guard position + 2 < text.count, text[position + 2] | 0x20 == second else { return nil }
      return position + 3
    default:
      // U+017F is C5 BF in UTF-8.
      let isLongS = text[position + 1] == 0xc5 && position + 2 < text.count && text[position + 2] == 0xbf
      return isLongS ? position + 3 : nil
    }
  }

  /// `\p{N}{1,most}`, knowing that `first` is a number.
  func numbers(_ first: Character, most: Int) -> Int {
    var end = first.end
    for _ in 1..<most {
      guard let next = character(end), next.kind.contains(.number) else { break }
      end = next.end
    }
    return end
  }

  /// ` ?[^\s\p{L}\p{N}]+` and after it any of the line ends, and slashes where `slashes` says so.
  func symbols(_ position: Int, _ first: Character, slashes: Bool) -> Int? {
    var end = position
    if first.first == UInt8(ascii: " ") { end = first.end }
    guard let symbol = character(end), symbol.kind.isDisjoint(with: [.space, .letter, .number]) else { return nil }
    end = symbol.end
    while let next = character(end), next.kind.isDisjoint(with: [.space, .letter, .number]) { end = next.end }
    while let next = character(end) {
      guard next.kind.contains(.lineEnd) || slashes && next.first == UInt8(ascii: "/") else { break }
      end = next.end
    }
    return end
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`, knowing that white space begins at `position`.
  ///
  /// The first gives back to the last line end of the run; the second leaves the run's last character to the word that
  /// follows.
  func space(_ position: Int) -> Int {
    var end = position
    var beforeLast = position
    var afterLineEnd: Int?
    while let next = character(end), next.kind.contains(.space) {
      beforeLast = end
      end = next.end
      if next.kind.contains(.lineEnd) { afterLineEnd = end }
    }
    if let afterLineEnd { return afterLineEnd }
    if end == text.count || beforeLast == position { return end }
    return beforeLast
  }
}
