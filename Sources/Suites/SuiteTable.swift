import Records

/// One table of a suite file, read key by key: every complaint names the file, the line, and the key.
struct SuiteTable {
  /// Which keys are allowed.
  let kind: SuiteKey.Table
  /// The table's name for messages: nil at the top, "case \"decode\"".
  let name: String?
  /// Where the keys stand in the text.
  let place: KeyLocator.Place
  let values: [String: SuiteNode]
  let locator: KeyLocator
  let path: String?

  /// Refuses keys that the table does not have.
  func checkKeys() throws {
    let known = SuiteKey.names(in: kind)
    // Sorted by line, so that the first mistake is reported first.
    let unknown = values.keys.filter { !known.contains($0) }
      .sorted { (line(of: $0) ?? .max, $0) < (line(of: $1) ?? .max, $1) }
    guard let key = unknown.first else { return }
    if let elsewhere = SuiteKey.all.first(where: { $0.name == key }) {
      let tables = elsewhere.tables.map(\.spelling).joined(separator: " or ")
      throw error(key, "does not belong in \(kind.spelling); it stands in \(tables)")
    }
    throw error(key, "there is no such key in \(kind.spelling)" + NearestName.suggestion(for: key, in: known))
  }

  func string(_ key: String) throws -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let text) = value else { throw wrongType(key, value, "a string") }
    return text
  }

  func int(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let value = values[key] else { return nil }
    guard case .int(let number) = value else { throw wrongType(key, value, "a whole number") }
    guard range.contains(number) else {
      throw error(key, "\(number) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
    guard let value = values[key] else { return nil }
    let number: Double
    switch value {
    case .double(let value): number = value
    case .int(let value): number = Double(value)
    default: throw wrongType(key, value, "a number")
    }
    guard range.contains(number) else {
      throw error(key, "\(number) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  func bool(_ key: String) throws -> Bool? {
    guard let value = values[key] else { return nil }
    guard case .bool(let flag) = value else { throw wrongType(key, value, "true or false") }
    return flag
  }

  /// A list of strings; a single string stands for a list of one.
  func strings(_ key: String) throws -> [String]? {
    try list(key) { item in
      guard case .string(let text) = item else { throw wrongType(key, item, "a string or a list of strings") }
      guard !text.isEmpty else { throw error(key, "an empty string names nothing") }
      return text
    }
  }

  /// A list whose items may also be whole numbers, which become their digits.
  func numbersOrStrings(_ key: String) throws -> [String]? {
    try list(key) { item in
      switch item {
      case .string(let text): return text
      case .int(let number): return String(number)
      default: throw wrongType(key, item, "a number, a string such as \"1-8\", or a list of them")
      }
    }
  }

  func table(_ key: String) throws -> [String: SuiteNode]? {
    guard let value = values[key] else { return nil }
    guard case .table(let table) = value else { throw wrongType(key, value, "a table") }
    return table
  }

  func required<T>(_ key: String, _ value: T?) throws -> T {
    guard let value else { throw error(key, "missing; \(kind.spelling) must have it", at: locator.line(of: place)) }
    return value
  }

  func error(_ key: String, _ message: String) -> SuiteError { error(key, message, at: line(of: key)) }

  private func list(_ key: String, _ element: (SuiteNode) throws -> String) throws -> [String]? {
    guard let value = values[key] else { return nil }
    guard case .list(let items) = value else { return [try element(value)] }
    guard !items.isEmpty else { throw error(key, "an empty list, so nothing would be run") }
    return try items.map(element)
  }

  private func wrongType(_ key: String, _ value: SuiteNode, _ wanted: String) -> SuiteError {
    error(key, "\(value.inWords), where \(wanted) is needed")
  }

  private func error(_ key: String, _ message: String, at line: Int?) -> SuiteError {
    SuiteError(path: path, line: line, key: name.map { "\($0): \(key)" } ?? key, message: message)
  }

  /// The keys of `expect = { … }` stand on its line.
  private func line(of key: String) -> Int? { locator.line(of: kind == .expect ? "expect" : key, in: place) }
}
