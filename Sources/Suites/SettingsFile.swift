import Records

/// A TOML file of settings that is no suite, read as strictly as suites are: a key that nobody asks for is an error.
public struct SettingsFile: Sendable {
  private let root: [String: SuiteNode]
  private let path: String?
  private let locator: KeyLocator

  /// Reads a file; `what` is what it should be, for messages: "training configuration".
  ///
  /// - Throws: `SuiteError` that names the file and, where there is one, the line.
  public init(path: String, named what: String) throws {
    try self.init(text: try SuiteDecoder.contents(of: path, named: what), path: path, named: what)
  }

  /// Reads a text; `path` names the source in messages.
  ///
  /// - Throws: `SuiteError` that names the file and, where there is one, the line.
  public init(text: String, path: String?, named what: String) throws {
    let (root, text) = try SuiteDecoder.parse(text, path: path, named: what)
    self.root = root
    self.path = path
    locator = KeyLocator(text)
  }

  /// The top of the file.
  ///
  /// - Parameter keys: every key that may stand there, tables included.
  /// - Throws: `SuiteError` for another key.
  public func top(keys: [String]) throws -> SettingsTable {
    try SettingsTable(name: nil, values: root, keys: keys, locator: locator, path: path)
  }

  /// A table, `[name]`; one without keys where the file has none.
  ///
  /// - Parameter keys: every key that may stand in it.
  /// - Throws: `SuiteError` for another key, or a value that is no table.
  public func table(_ name: String, keys: [String]) throws -> SettingsTable {
    guard let value = root[name] else {
      return try SettingsTable(name: name, values: [:], keys: keys, locator: locator, path: path)
    }
    guard case .table(let values) = value else {
      throw SuiteError(
        path: path, line: locator.line(of: name, in: .top), key: name,
        message: "\(value.inWords), where a table [\(name)] is needed")
    }
    return try SettingsTable(name: name, values: values, keys: keys, locator: locator, path: path)
  }
}

/// One table of a settings file, read key by key: every complaint names the file, the line, and the key.
public struct SettingsTable: Sendable {
  private let name: String?
  private let values: [String: SuiteNode]
  private let locator: KeyLocator
  private let path: String?

  init(name: String?, values: [String: SuiteNode], keys: [String], locator: KeyLocator, path: String?) throws {
    self.name = name
    self.values = values
    self.locator = locator
    self.path = path
    let place = place
    let unknown = values.keys.filter { !keys.contains($0) }
      // By line, so that the first mistake is reported first.
      .sorted { (locator.line(of: $0, in: place) ?? .max, $0) < (locator.line(of: $1, in: place) ?? .max, $1) }
    if let key = unknown.first {
      let table = name.map { "[\($0)]" } ?? "the top of the file"
      throw error(key, "there is no such key in \(table)" + NearestName.suggestion(for: key, in: keys))
    }
  }

  /// Whether the file sets a key.
  public func has(_ key: String) -> Bool { values[key] != nil }

  /// A string; nil where the file sets none.
  ///
  /// - Throws: `SuiteError` for another type, or an empty string.
  public func string(_ key: String) throws -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let text) = value, !text.isEmpty else { throw wrongType(key, value, "a string") }
    return text
  }

  /// A list of strings; a single string stands for a list of one.
  ///
  /// - Throws: `SuiteError` for another type, or an empty list.
  public func strings(_ key: String) throws -> [String]? {
    guard let value = values[key] else { return nil }
    if case .string(let text) = value { return [text] }
    guard case .list(let items) = value, !items.isEmpty else {
      throw wrongType(key, value, "a string or a list of strings")
    }
    return try items.map { item in
      guard case .string(let text) = item, !text.isEmpty else { throw wrongType(key, item, "a list of strings") }
      return text
    }
  }

  /// A whole number; nil where the file sets none.
  ///
  /// - Throws: `SuiteError` for another type, or a number outside the range.
  public func int(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let value = values[key] else { return nil }
    guard case .int(let number) = value else { throw wrongType(key, value, "a whole number") }
    guard range.contains(number) else {
      throw error(key, "\(number) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  /// A number; nil where the file sets none.
  ///
  /// - Throws: `SuiteError` for another type, or a number outside the range.
  public func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
    let number: Double
    switch values[key] {
    case nil: return nil
    case .double(let value): number = value
    case .int(let value): number = Double(value)
    case .some(let value): throw wrongType(key, value, "a number")
    }
    guard range.contains(number) else {
      throw error(key, "\(number) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  /// A value that must be there.
  ///
  /// - Throws: `SuiteError` that names the key where it is not.
  public func required<Value>(_ key: String, _ value: Value?) throws -> Value {
    guard let value else { throw error(key, "missing; \(name.map { "[\($0)]" } ?? "the file") must have it") }
    return value
  }

  /// A complaint about a key.
  public func error(_ key: String, _ message: String) -> SuiteError {
    SuiteError(
      path: path, line: locator.line(of: key, in: place), key: name.map { "\($0).\(key)" } ?? key, message: message)
  }

  private func wrongType(_ key: String, _ value: SuiteNode, _ wanted: String) -> SuiteError {
    error(key, "\(value.inWords), where \(wanted) is needed")
  }

  private var place: KeyLocator.Place { name.map { .table($0) } ?? .top }
}
