/// A metric as arithmetic over counts: "1000 * misses / instructions".
///
/// The language has `+`, `-`, `*`, `/`, a leading minus, parentheses, decimal numbers and names. It is parsed once and
/// then evaluated on Doubles without looking at the text again.
public struct CounterFormula: Sendable, Equatable {
  /// The text it was made from.
  public let text: String
  /// The names it uses, in order of appearance, each once.
  public let names: [String]

  /// The operations in the order in which a stack machine does them.
  private let steps: [Step]

  fileprivate enum Step: Sendable, Equatable {
    case number(Double)
    /// An element of `names`.
    case name(Int)
    case negate
    case add, subtract, multiply, divide
  }

  /// Parses a formula.
  ///
  /// Throws `CounterFormulaError`.
  public init(_ text: String) throws {
    var parser = Parser(text)
    try parser.formula()
    self.text = text
    self.names = parser.names
    self.steps = parser.steps
  }

  /// The result, or nil where a name has no value, something is divided by zero, or the result is not finite.
  public func value(_ values: (String) -> Double?) -> Double? {
    var stack: [Double] = []
    for step in steps {
      switch step {
      case .number(let number): stack.append(number)
      case .name(let index):
        guard let value = values(names[index]) else { return nil }
        stack.append(value)
      case .negate: stack.append(-stack.removeLast())
      case .add, .subtract, .multiply, .divide:
        let right = stack.removeLast()
        let left = stack.removeLast()
        if step == .divide, right == 0 { return nil }
        stack.append(Self.apply(step, left, right))
      }
    }
    guard let result = stack.last, result.isFinite else { return nil }
    return result
  }

  private static func apply(_ step: Step, _ left: Double, _ right: Double) -> Double {
    switch step {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    default: left / right
    }
  }
}

/// A formula that cannot be read: what is wrong, and at which character.
public struct CounterFormulaError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The character where reading stopped, from 1.
  public let column: Int
  /// What was found there and what would be right.
  public let description: String

  init(column: Int, _ description: String) {
    self.column = column
    self.description = description
  }
}

extension CounterFormula {
  /// A descent over the text, one method per level of precedence.
  fileprivate struct Parser {
    /// A formula is written by hand; deeper nesting or a longer text is something else, and recursion has an end.
    private static let deepest = 32
    private static let longest = 1000

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private(set) var names: [String] = []
    private(set) var steps: [Step] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func formula() throws {
      guard bytes.count <= Self.longest else { throw error("longer than \(Self.longest) characters") }
      try sum()
      if let byte = peek { throw error("\(Self.words(byte)) where an operator or the end is needed") }
    }

    private mutating func sum() throws {
      try product()
      while let operation = take([UInt8(ascii: "+"): .add, UInt8(ascii: "-"): .subtract]) {
        try product()
        steps.append(operation)
      }
    }

    private mutating func product() throws {
      try factor()
      while let operation = take([UInt8(ascii: "*"): .multiply, UInt8(ascii: "/"): .divide]) {
        try factor()
        steps.append(operation)
      }
    }

    private mutating func factor() throws {
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.deepest else { throw error("more than \(Self.deepest) levels of parentheses") }
      guard let byte = peek else { throw error("the formula ends where a number, a name or \"(\" is needed") }
      switch byte {
      case UInt8(ascii: "-"):
        index += 1
        try factor()
        steps.append(.negate)
      case UInt8(ascii: "("):
        index += 1
        try sum()
        guard take([UInt8(ascii: ")"): .negate]) != nil else { throw error("a \")\" is missing") }
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): try number()
      case UInt8(ascii: "a")...UInt8(ascii: "z"): name()
      default: throw error("\(Self.words(byte)) where a number, a name or \"(\" is needed")
      }
    }

    private mutating func number() throws {
      let begin = index
      while let byte = current, Self.isDigit(byte) || byte == UInt8(ascii: ".") { index += 1 }
      let text = String(decoding: bytes[begin..<index], as: UTF8.self)
      // Double(_:) also takes "0x1p3" and "inf", which the loop above cannot have collected.
      guard let value = Double(text), value.isFinite else {
        index = begin
        throw error("\"\(text)\" is not a decimal number")
      }
      steps.append(.number(value))
    }

    private mutating func name() {
      let begin = index
      while let byte = current, Self.isOfName(byte) { index += 1 }
      let name = String(decoding: bytes[begin..<index], as: UTF8.self)
      if let known = names.firstIndex(of: name) {
        steps.append(.name(known))
      } else {
        names.append(name)
        steps.append(.name(names.count - 1))
      }
    }

    /// The byte at the index, white space and all.
    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// The next byte behind white space.
    private var peek: UInt8? {
      mutating get {
        while let byte = current, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == 10 { index += 1 }
        return current
      }
    }

    private mutating func take(_ operations: [UInt8: Step]) -> Step? {
      guard let byte = peek, let step = operations[byte] else { return nil }
      index += 1
      return step
    }

    private func error(_ message: String) -> CounterFormulaError { CounterFormulaError(column: index + 1, message) }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private static func isOfName(_ byte: UInt8) -> Bool {
      isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || byte == UInt8(ascii: "_")
    }

    /// A byte for a message: what is printable in quotes, the rest as a number.
    private static func words(_ byte: UInt8) -> String {
      (0x21...0x7E).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "the byte \(byte)"
    }
  }
}
