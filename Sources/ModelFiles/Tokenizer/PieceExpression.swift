/// The splitting expressions that are known, each with its scanner.
enum PieceExpression: Sendable, Equatable, CaseIterable {
  /// Llama 3 and the models built on its tokenizer: numbers by threes.
  case llama3
  /// GPT-4o and Phi-4-mini: words end where a capital begins.
  case gpt4o
  /// Qwen 2 and 3: Llama 3's, but digit by digit.
  case qwen2

  /// The expression as tokenizer files state it.
  var pattern: String {
    switch self {
    case .llama3: Self.words + #"|\p{N}{1,3}"# + #"| ?[^\s\p{L}\p{N}]+[\r\n]*"# + Self.space
    case .qwen2: Self.words + #"|\p{N}"# + #"| ?[^\s\p{L}\p{N}]+[\r\n]*"# + Self.space
    case .gpt4o:
      #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#
        + #"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"#
        + #"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"# + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*"# + Self.space
    }
  }

  private static let words = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"#
  private static let space = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The expression of a tokenizer file, or nil if it is not known.
  init?(pattern: String) {
    guard let known = Self.allCases.first(where: { $0.pattern == pattern }) else { return nil }
    self = known
  }

  /// Where the piece ends that begins at `position`, which lies before the end of the text.
  @inline(__always)
  func end(of position: Int, in scanner: PieceScanner) -> Int {
    switch self {
    case .llama3: scanner.wordEnd(position, numbersMost: 3)
    case .qwen2: scanner.wordEnd(position, numbersMost: 1)
    case .gpt4o: scanner.casedWordEnd(position)
    }
  }
}

extension PieceScanner {
  /// The end of a piece of Llama 3's expression.
  @inline(__always)
  fileprivate func wordEnd(_ position: Int, numbersMost: Int) -> Int {
    guard let first = character(position) else { return text.count }
    if first.kind.contains(.letter) { return run(of: .letter, from: first.end) }
    if let end = contraction(position) { return end }
    if first.kind.contains(.number) { return numbers(first, most: numbersMost) }
    // One character that is neither a line end nor a number may lead a word.
    if !first.kind.contains(.lineEnd), let second = character(first.end), second.kind.contains(.letter) {
      return run(of: .letter, from: second.end)
    }
    return symbols(position, first, slashes: false) ?? space(position)
  }

  /// The end of a piece of GPT-4o's expression.
  @inline(__always)
  fileprivate func casedWordEnd(_ position: Int) -> Int {
    guard let first = character(position) else { return text.count }
    // The optional leading character is tried first, and given up where no word follows it.
    let canLead = first.kind.isDisjoint(with: [.lineEnd, .letter, .number])
    let canBegin = !first.kind.isDisjoint(with: [.upper, .lower])
    if let end = canLead ? lowerWordEnd(first.end) : nil { return contraction(end) ?? end }
    if let end = canBegin ? lowerWordEnd(position) : nil { return contraction(end) ?? end }
    // No small letter: the run of capitals is a word (`[upper]+[lower]*`, whose second part has nothing left).
    for start in [canLead ? first.end : nil, canBegin ? position : nil] {
      if let start, case let end = run(of: .upper, from: start), end > start { return contraction(end) ?? end }
    }
    if first.kind.contains(.number) { return numbers(first, most: 3) }
    return symbols(position, first, slashes: true) ?? space(position)
  }

  /// `[upper]*[lower]+`: where the match ends, or nil.
  ///
  /// Letters without case and marks are in both classes. Where the capitals' run is not followed by a small letter, it
  /// gives back as far as its last character that is in both.
  @inline(__always)
  private func lowerWordEnd(_ position: Int) -> Int? {
    var end = position
    var afterCaseless: Int?
    while let next = character(end), next.kind.contains(.upper) {
      end = next.end
      if next.kind.contains(.lower) { afterCaseless = end }
    }
    let smallEnd = run(of: .lower, from: end)
    return smallEnd > end ? smallEnd : afterCaseless
  }
}
