/// A strict reader of JSON that hands out values as it meets them.
///
/// A vocabulary of 128 000 tokens and 280 000 merges is read without a dictionary or a String in between, and a key that
/// stands twice is seen. The bytes must be UTF-8 already (`UTF8Text.firstInvalid`).
struct JSONScanner {
  /// What is wrong, and at which byte.
  struct Failure: Error {
    let offset: Int
    let problem: String
  }

  /// Deeper than any tokenizer; a file of brackets alone must not exhaust the stack.
  static let depthMax = 64

  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var position: Int
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  func failure(_ problem: String) -> Failure { Failure(offset: position, problem: problem) }

  // MARK: Structure

  /// Reads an object: `body` gets each key and must consume its value.
  mutating func members(_ body: (String, inout JSONScanner) throws -> Void) throws {
    try rawMembers { key, scanner in try body(String(decoding: key, as: UTF8.self), &scanner) }
  }

  /// Reads an object whose keys are too many to become Strings.
  mutating func rawMembers(_ body: (UnsafeBufferPointer<UInt8>, inout JSONScanner) throws -> Void) throws {
    var key: [UInt8] = []
    try list(from: "{", to: "}") { scanner in
      key.removeAll(keepingCapacity: true)
      try scanner.string(into: &key)
      try scanner.expect(":")
      try key.withUnsafeBufferPointer { try body($0, &scanner) }
    }
  }

  /// Reads an array: `body` must consume each element.
  mutating func elements(_ body: (inout JSONScanner) throws -> Void) throws {
    try list(from: "[", to: "]", body)
  }

  private mutating func list(
    from open: Unicode.Scalar, to close: Unicode.Scalar, _ body: (inout JSONScanner) throws -> Void
  ) throws {
    try expect(open)
    depth += 1
    guard depth <= Self.depthMax else { throw failure("is nested deeper than \(Self.depthMax) levels") }
    defer { depth -= 1 }
    if take(close) { return }
    repeat { try body(&self) } while take(",")
    guard take(close) else { throw failure("needs \"\(close)\" or \",\" here") }
  }

  /// Ends the file: nothing but white space may follow.
  mutating func end() throws {
    skipSpace()
    guard position == bytes.count else { throw failure("has something after its end") }
  }

  // MARK: Values

  /// The first byte of the next value.
  mutating func peek() throws -> UInt8 {
    skipSpace()
    guard position < bytes.count else { throw failure("ends here, too early; was it cut off?") }
    return bytes[position]
  }

  /// A string.
  mutating func string() throws -> String {
    var text: [UInt8] = []
    try string(into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the bytes of a string to `text`.
  mutating func string(into text: inout [UInt8]) throws {
    guard try peek() == UInt8(ascii: "\"") else { throw failure("needs a string here") }
    position += 1
    while true {
      let start = position
      while position < bytes.count, !Self.endsPlainText(bytes[position]) { position += 1 }
      text.append(contentsOf: bytes[start..<position])
      guard position < bytes.count else { throw failure("ends inside a string; was it cut off?") }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"):
        try escape(into: &text)
      default:
        throw failure("has a control character inside a string")
      }
    }
  }

  /// An integer without a fraction or an exponent.
  mutating func integer() throws -> Int {
    _ = try peek()
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let start = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit <= 9 {
      let (shifted, one) = value.multipliedReportingOverflow(by: 10)
      let (next, two) = shifted.addingReportingOverflow(Int(digit))
      if one || two { throw failure("has a number here that is too large") }
      value = next
      position += 1
    }
    let hasLeadingZero = position - start > 1 && bytes[start] == UInt8(ascii: "0")
    guard position > start, !hasLeadingZero else { throw failure("needs an integer here") }
    if position < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position]) {
      throw failure("needs an integer here")
    }
    return isNegative ? -value : value
  }

  /// Consumes a value of any kind, checking it.
  mutating func skip() throws {
    switch try peek() {
    case UInt8(ascii: "{"): try rawMembers { _, scanner in try scanner.skip() }
    case UInt8(ascii: "["): try elements { scanner in try scanner.skip() }
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): _ = try literal()
    default: try skipNumber()
    }
  }

  /// A number as a Double, finite.
  mutating func number() throws -> Double {
    _ = try peek()
    let start = position
    try skipNumber()
    guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
      throw failure("has a number here that is too large")
    }
    return value
  }

  /// true, false, or null as nil.
  mutating func literal() throws -> Bool? {
    _ = try peek()
    for (word, value) in [("true", true), ("false", false), ("null", nil)] as [(StaticString, Bool?)] {
      let rest = UnsafeBufferPointer(rebasing: bytes[position...])
      let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
      if rest.starts(with: letters) {
        position += letters.count
        return value
      }
    }
    throw failure("needs true, false or null here")
  }

  // MARK: Pieces

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard take(character) else {
      if position >= bytes.count { throw failure("ends here, too early; was it cut off?") }
      throw failure("needs \"\(character)\" here")
    }
  }

  @inline(__always)
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  @inline(__always)
  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  /// Walks over a string without keeping it; escapes are checked where strings are read.
  private mutating func skipString() throws {
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
    position = bytes.count
    throw failure("ends inside a string; was it cut off?")
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    guard position + 1 < bytes.count else { throw failure("ends inside a string; was it cut off?") }
    let letter = bytes[position + 1]
    position += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try unicodeEscape()).utf8))
    default: throw failure("has an unknown escape in a string")
    }
  }

  /// The scalar of \u and four digits, or of two of them that are a surrogate pair.
  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw failure("has half of a surrogate pair in a string") }
    position += 2
    let second = try fourDigits()
    guard 0xdc00...0xdfff ~= second, let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + second - 0xdc00)
    else { throw failure("has half of a surrogate pair in a string") }
    return scalar
  }

  private mutating func fourDigits() throws -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure("ends inside a string; was it cut off?") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
        throw failure("needs four hexadecimal digits after \\u")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  @inline(__always)
  private static func endsPlainText(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
  }

  // MARK: Numbers

  /// Walks over a number in the form that JSON has for it (RFC 8259, section 6).
  private mutating func skipNumber() throws {
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
    let whole = position
    guard skipDigits() > 0 else { throw failure("needs a value here") }
    guard bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else { throw failure("needs a value here") }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      guard skipDigits() > 0 else { throw failure("needs a digit here") }
    }
    guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return }
    position += 1
    if position < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[position]) { position += 1 }
    guard skipDigits() > 0 else { throw failure("needs a digit here") }
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
    return position - start
  }
}
