import Foundation
import TOMLKit

/// Reads suites from TOML.
///
/// This is the only file that knows the parser: it hands plain `SuiteNode`s to `SuiteReader` and `CounterGroupReader`.
public enum SuiteDecoder {
  /// A suite is written by hand; a file above this is something else.
  static let largestText = 1 << 20

  /// Reads a suite file.
  ///
  /// Throws `SuiteError`, which names the file and, where there is one, the line.
  public static func read(path: String) throws -> Suite {
    try decode(text: try contents(of: path, named: "suite"), path: path)
  }

  /// Reads a suite from its text; `path` names the source in messages.
  ///
  /// Throws `SuiteError` for whatever the text gets wrong by itself. Names of models, kernels, meters and placements
  /// depend on the machine and are checked by `Suite.cells(in:)`.
  public static func decode(text: String, path: String?) throws -> Suite {
    let (root, text) = try parse(text, path: path, named: "suite")
    return try SuiteReader(root: root, text: text, path: path).suite()
  }

  /// The text of a file; `what` is what it should be: "suite", "group of counters".
  static func contents(of path: String, named what: String) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw SuiteError(
        path: path, line: nil, key: nil, message: "cannot read the \(what): no such file, or no permission")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw SuiteError(path: path, line: nil, key: nil, message: "not UTF-8 text; a \(what) is a TOML file")
    }
    return text
  }

  /// The tables of a text, and the text as it was parsed, from which lines are counted.
  static func parse(_ text: String, path: String?, named what: String) throws -> ([String: SuiteNode], String) {
    guard text.utf8.count <= largestText else {
      throw SuiteError(path: path, line: nil, key: nil, message: "larger than 1 MiB, which no \(what) is")
    }
    // A byte order mark is allowed and means nothing.
    let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    // The parser takes a C string and would silently stop here.
    if let end = text.utf8.firstIndex(of: 0) {
      let line = text.utf8[..<end].count { $0 == UInt8(ascii: "\n") } + 1
      throw SuiteError(path: path, line: line, key: nil, message: "a NUL byte; a \(what) is a text file")
    }
    if let trap = KeyLocator(text).trap {
      throw SuiteError(path: path, line: trap.line, key: nil, message: trap.message)
    }
    do {
      return (table(try TOMLTable(string: text)), text)
    } catch let error as TOMLParseError {
      throw SuiteError(
        path: path, line: error.source.begin.line, key: nil,
        message: "column \(error.source.begin.column): \(error.description)")
    }
  }

  private static func table(_ table: TOMLTable) -> [String: SuiteNode] {
    Dictionary(
      table.keys.compactMap { key in table[key].map { (key, node($0)) } }, uniquingKeysWith: { first, _ in first })
  }

  private static func node(_ value: any TOMLValueConvertible) -> SuiteNode {
    switch value.type {
    case .bool: value.bool.map(SuiteNode.bool) ?? .other("an unreadable value")
    case .int: value.int.map(SuiteNode.int) ?? .other("an unreadable value")
    case .double: value.double.map(SuiteNode.double) ?? .other("an unreadable value")
    case .string: value.string.map(SuiteNode.string) ?? .other("an unreadable value")
    case .array: .list(value.array.map { $0.map(node) } ?? [])
    case .table: .table(value.table.map(table) ?? [:])
    case .date, .time, .dateTime: .other("a date or time")
    }
  }
}
