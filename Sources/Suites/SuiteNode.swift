/// A value of a suite file, without the parser's types.
enum SuiteNode: Sendable, Equatable {
  case string(String)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case list([SuiteNode])
  case table([String: SuiteNode])
  /// Something that no key takes, in words.
  case other(String)

  /// What it is, for messages: "the string "four"", "a list".
  var inWords: String {
    switch self {
    case .string(let value): "the string \"\(value.prefix(40))\""
    case .int(let value): "the number \(value)"
    case .double(let value): "the number \(value)"
    case .bool(let value): "\(value)"
    case .list: "a list"
    case .table: "a table"
    case .other(let words): words
    }
  }
}
