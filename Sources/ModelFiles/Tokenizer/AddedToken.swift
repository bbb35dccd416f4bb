/// A token that is found in text before anything else happens to it: special ones such as `<|eot_id|>`, and words that
/// were added to a finished vocabulary.
struct AddedToken: Sendable, Equatable {
  var id: Int32
  var content: String
  /// Marks structure and is left out of text for people; text from people should not be able to spell it.
  var isSpecial: Bool
  /// Only where no word character is on either side.
  var isSingleWord = false
  /// Takes the white space before it along.
  var takesSpaceBefore = false
  /// Takes the white space after it along.
  var takesSpaceAfter = false
  /// Looked for after the normalizer has run, with its own content normalized.
  var isNormalized = false

  /// Whether it is found wherever its text stands, and takes nothing along: all that a GGUF file can say.
  var isPlain: Bool { !isSingleWord && !takesSpaceBefore && !takesSpaceAfter }
}

/// Finds added tokens in text: leftmost, and of several there the longest.
struct AddedTokenMatcher: Sendable {
  /// What stands between `start` and `end`: an added token, or text if `token` is nil.
  struct Part {
    let start: Int
    let end: Int
    let token: Int32?
  }

  private var tokens: [AddedToken] = []
  /// A trie: the edge of node << 8 | byte leads to the node that is its value.
  private var edges = PairTable(capacity: 64)
  /// Per node the index of the token that ends there, or -1.
  private var ends: [Int32] = [-1]
  /// Whether a token begins with this byte; most bytes of most texts begin none.
  private var beginsToken = [Bool](repeating: false, count: 256)

  var isEmpty: Bool { tokens.isEmpty }

  /// All tokens that were added.
  var all: [AddedToken] { tokens }

  /// Adds a token that is spelled `content` in the text that is searched.
  mutating func add(_ token: AddedToken, content: [UInt8]) {
    guard let first = content.first else { return }
    beginsToken[Int(first)] = true
    var node: UInt64 = 0
    for byte in content {
      let key = node << 8 | UInt64(byte)
      let next = edges[key]
      if next == PairTable.absent {
        node = UInt64(ends.count)
        _ = edges.insert(key, node)
        ends.append(-1)
      } else {
        node = next
      }
    }
    ends[Int(node)] = Int32(tokens.count)
    tokens.append(token)
  }

  /// Cuts `text` at its added tokens; without `special`, or where they touch the `untrusted` bytes, special ones are text.
  func parts(of text: UnsafeBufferPointer<UInt8>, special: Bool, untrusted: Range<Int>? = nil) -> [Part] {
    var parts: [Part] = []
    var textStart = 0
    var position = 0
    while position < text.count {
      guard beginsToken[Int(text[position])], let (token, matchEnd) = longestMatch(text, at: position) else {
        position += 1
        continue
      }
      let start = position
      if let untrusted, token.isSpecial, untrusted.overlaps(start..<matchEnd) {
        // Not behind the match: where the untrusted bytes end, a token of the template may begin inside of it.
        position += 1
        continue
      }
      position = matchEnd
      if token.isSpecial && !special { continue }
      if token.isSingleWord && !Self.standsAlone(text, start, matchEnd) { continue }
      let partStart = token.takesSpaceBefore ? max(Self.spaceStart(text, before: start), textStart) : start
      if token.takesSpaceAfter { position = Self.spaceEnd(text, after: matchEnd) }
      if partStart > textStart { parts.append(Part(start: textStart, end: partStart, token: nil)) }
      parts.append(Part(start: partStart, end: position, token: token.id))
      textStart = position
    }
    if textStart < text.count { parts.append(Part(start: textStart, end: text.count, token: nil)) }
    return parts
  }

  private func longestMatch(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> (AddedToken, end: Int)? {
    var node: UInt64 = 0
    var match: (Int32, Int)?
    var position = start
    while position < text.count {
      node = edges[node << 8 | UInt64(text[position])]
      if node == PairTable.absent { break }
      position += 1
      if ends[Int(node)] >= 0 { match = (ends[Int(node)], position) }
    }
    return match.map { (tokens[Int($0.0)], $0.1) }
  }

  // MARK: Neighbours

  private static func spaceEnd(_ text: UnsafeBufferPointer<UInt8>, after end: Int) -> Int {
    var end = end
    while end < text.count, let step = UTF8Text.scalar(text, at: end), step.scalar.properties.isWhitespace {
      end += step.length
    }
    return end
  }

  private static func spaceStart(_ text: UnsafeBufferPointer<UInt8>, before start: Int) -> Int {
    var start = start
    while let step = scalar(text, before: start), step.scalar.properties.isWhitespace { start -= step.length }
    return start
  }

  private static func standsAlone(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if let step = scalar(text, before: start), isWord(step.scalar) { return false }
    if end < text.count, let step = UTF8Text.scalar(text, at: end), isWord(step.scalar) { return false }
    return true
  }

  private static func scalar(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> UTF8Text.Step? {
    for length in 1...4 where length <= end {
      if let step = UTF8Text.scalar(text, at: end - length) { return step.length == length ? step : nil }
    }
    return nil
  }

  /// `\w` of Unicode's regular expressions (UTS 18, annex C).
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isAlphabetic || properties.isJoinControl { return true }
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: false
    }
  }
}
