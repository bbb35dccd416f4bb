/// Finds the line on which a key of a TOML text stands, which the parser does not say for what it accepted.
///
/// It walks the text once, stepping over strings, comments and brackets. On a text that is not TOML it finds nothing or
/// the wrong line; it never fails.
struct KeyLocator: Sendable, Equatable {
  /// Which table a key stands in.
  enum Place: Hashable, Sendable {
    /// Before the first header.
    case top
    /// Under `[name]`.
    case table(String)
    /// Under the n-th `[[name]]`, from 0.
    case element(String, Int)
  }

  private var keys: [Place: [String: Int]] = [:]
  private var headers: [Place: Int] = [:]
  /// The first thing that the TOML parser must not be given, because it would end the program; nil when there is none.
  private(set) var trap: Trap?

  /// What a parser of C++ does not survive, found in a text before it is parsed.
  struct Trap: Sendable, Equatable {
    var line: Int
    var message: String
  }

  /// Reads the places of all keys and headers.
  init(_ text: String) {
    var scanner = Scanner(bytes: Array(text.utf8))
    var place = Place.top
    var elements: [String: Int] = [:]
    while let item = scanner.next() {
      switch item {
      case .header(let name, let isElement, let line):
        place = isElement ? .element(name, elements[name, default: 0]) : .table(name)
        if isElement { elements[name, default: 0] += 1 }
        headers[place] = headers[place] ?? line
      case .key(let name, let line):
        keys[place, default: [:]][name] = keys[place]?[name] ?? line
      }
    }
    trap = scanner.trap
  }

  /// The line of a key, from 1; that of its table where the key cannot be found, as in an inline table.
  func line(of key: String, in place: Place) -> Int? {
    keys[place]?[key] ?? (place == .top ? line(of: .table(key)) : line(of: place))
  }

  /// The line of a table's header, from 1; nil for the top of the file.
  func line(of place: Place) -> Int? {
    if let line = headers[place] { return line }
    // `case = [{ … }]` and `defaults = { … }` are keys of the top; `[case]` and `[[defaults]]` are mistakes.
    switch place {
    case .top: return nil
    case .table(let name), .element(let name, _):
      return keys[.top]?[name] ?? headers[.table(name)] ?? headers[.element(name, 0)]
    }
  }
}

extension KeyLocator {
  /// Cuts a text into headers and keys.
  private struct Scanner {
    enum Item {
      case header(String, isElement: Bool, line: Int)
      case key(String, line: Int)
    }

    let bytes: [UInt8]
    private var index = 0
    private var line = 1
    /// Dots outside strings since the last header or key began.
    private var dots = 0
    private(set) var trap: Trap?

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The next header or key; nil at the end of the text.
    mutating func next() -> Item? {
      while let byte = peek {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
        case UInt8(ascii: "#"): skipLine()
        case UInt8(ascii: "["): return header()
        default: return key()
        }
      }
      return nil
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func advance() {
      if bytes[index] == UInt8(ascii: "\n") { line += 1 }
      index += 1
    }

    /// Limits the nesting that dotted keys can ask for.
    ///
    /// `a.b.c.d` makes tables in tables, and the parser takes them apart by recursion, as deep as they are. No key of a
    /// suite has a dot at all.
    private mutating func countDot() {
      dots += 1
      if dots > 32, trap == nil { trap = Trap(line: line, message: "more than 32 dots in a key or value") }
    }

    private mutating func skipLine() {
      while let byte = peek, byte != UInt8(ascii: "\n") { advance() }
    }

    /// `[name]` or `[[name]]`; what follows on the line is skipped.
    private mutating func header() -> Item {
      let start = line
      let begin = index
      skipLine()
      let text = String(decoding: bytes[begin..<index], as: UTF8.self)
      let name = text.drop { $0 == "[" }.prefix { $0 != "]" }
      // The parser asserts what it expects behind one or two brackets.
      if !Self.beginsName(Self.withoutBracket(Self.withoutBracket(text[...])).first), trap == nil {
        trap = Trap(line: start, message: "a table without a name; write [defaults] or [[case]]")
      }
      dots = 0
      for byte in bytes[begin..<index] where byte == UInt8(ascii: ".") { countDot() }
      return .header(name.filter { $0 != " " && $0 != "\"" }, isElement: text.hasPrefix("[["), line: start)
    }

    private static func withoutBracket(_ text: Substring) -> Substring {
      (text.first == "[" ? text.dropFirst() : text).drop { $0 == " " || $0 == "\t" }
    }

    /// A letter, digit, hyphen or underscore of ASCII, or a quote.
    private static func beginsName(_ character: Character?) -> Bool {
      guard let character else { return false }
      return character.isASCII && (character.isLetter || character.isNumber || "-_\"'".contains(character))
    }

    /// `key = value`; the value is skipped.
    private mutating func key() -> Item {
      let start = line
      let begin = index
      dots = 0
      while let byte = peek, byte != UInt8(ascii: "="), byte != UInt8(ascii: "\n") {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          skipString(byte)
        } else {
          if byte == UInt8(ascii: ".") { countDot() }
          advance()
        }
      }
      let name = String(decoding: bytes[begin..<index], as: UTF8.self)
      if peek == UInt8(ascii: "=") { skipValue() }
      return .key(name.filter { $0 != " " && $0 != "\t" && $0 != "\"" && $0 != "'" }, line: start)
    }

    /// Goes to the end of the line that ends the value: newlines inside brackets and long strings do not.
    private mutating func skipValue() {
      var open: [UInt8] = []
      while let byte = peek {
        switch byte {
        case UInt8(ascii: "\n") where open.isEmpty: return
        case UInt8(ascii: "#"): skipLine()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(byte)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
          open.append(byte)
          advance()
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          close(byte, &open)
          advance()
        case UInt8(ascii: "."):
          countDot()
          advance()
        default: advance()
        }
      }
    }

    /// A bracket ends what one of its kind began; another kind is more than the parser can bear.
    private mutating func close(_ bracket: UInt8, _ open: inout [UInt8]) {
      let begin = bracket == UInt8(ascii: "]") ? UInt8(ascii: "[") : UInt8(ascii: "{")
      if open.popLast() != begin, trap == nil {
        trap = Trap(line: line, message: "\"\(Character(Unicode.Scalar(bracket)))\" closes nothing that is open")
      }
    }

    private mutating func skipString(_ quote: UInt8) {
      let isLong = bytes[index...].prefix(3).elementsEqual([quote, quote, quote])
      for _ in 0..<(isLong ? 3 : 1) { advance() }
      let end = isLong ? [quote, quote, quote] : [quote]
      while let byte = peek {
        if bytes[index...].starts(with: end) {
          for _ in end { advance() }
          return
        }
        if !isLong, byte == UInt8(ascii: "\n") { return }
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), index + 1 < bytes.count { advance() }
        advance()
      }
    }
  }
}
