/// A small JSON value, held as a tree: the parts of tokenizer.json that are not its vocabulary.
indirect enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// More values than any pipeline has; memory stays in proportion however large a hostile file is.
  static let countMax = 100_000

  /// Reads a value.
  init(_ scanner: inout JSONScanner) throws {
    var budget = Self.countMax
    try self.init(&scanner, budget: &budget)
  }

  private init(_ scanner: inout JSONScanner, budget: inout Int) throws {
    budget -= 1
    guard budget > 0 else { throw scanner.failure("has more than \(Self.countMax) values in one part") }
    switch try scanner.peek() {
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      try scanner.members { key, scanner in
        let isNew = try members.updateValue(JSONValue(&scanner, budget: &budget), forKey: key) == nil
        guard isNew else { throw scanner.failure("has the key \"\(key)\" twice in one object") }
      }
      self = .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try scanner.elements { elements.append(try JSONValue(&$0, budget: &budget)) }
      self = .array(elements)
    case UInt8(ascii: "\""): self = .string(try scanner.string())
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): self = try scanner.literal().map(Self.bool) ?? .null
    default: self = .number(try scanner.number())
    }
  }
}

/// A JSON value with the path that leads to it, so that whatever is wrong in it is named.
struct JSONNode {
  let value: JSONValue
  let path: String
  let file: String

  func error(_ problem: String) -> ModelFileError { ModelFileError(file: file, part: path, problem: problem) }

  /// Whether it is null or absent.
  var isNull: Bool { value == .null }

  /// A member of an object; null where it is absent.
  subscript(key: String) -> JSONNode {
    guard case .object(let members) = value else { return JSONNode(value: .null, path: "\(path).\(key)", file: file) }
    return JSONNode(value: members[key] ?? .null, path: path.isEmpty ? key : "\(path).\(key)", file: file)
  }

  /// The elements of an array.
  func elements() throws -> [JSONNode] {
    guard case .array(let values) = value else { throw error("must be a list") }
    return values.enumerated().map { JSONNode(value: $1, path: "\(path)[\($0)]", file: file) }
  }

  /// The text of a string.
  func text() throws -> String {
    guard case .string(let text) = value else { throw error("must be a string") }
    return text
  }

  /// A truth value, or `standard` where there is none.
  func flag(or standard: Bool) throws -> Bool {
    switch value {
    case .null: return standard
    case .bool(let flag): return flag
    default: throw error("must be true or false")
    }
  }

  /// A token id, or a small count.
  func integer() throws -> Int {
    guard case .number(let number) = value, let integer = Int(exactly: number) else {
      throw error("must be an integer")
    }
    return integer
  }
}
