import Foundation

extension PublishedResults {
  /// The columns of a file, in this order.
  static let columns = [
    "source", "place", "date", "system", "kernel", "model", "zoo_model", "parameters_billion", "cpu", "architecture",
    "threads", "test", "metric", "value", "half_width", "note",
  ]

  /// Reads every `*.csv` of a folder, in the order of their names.
  ///
  /// Returns nil where there is no such folder. Throws `PublishedError` naming file and line.
  public static func read(folder: String) throws -> PublishedResults? {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
    let values = try names.filter { $0.hasSuffix(".csv") }.sorted().flatMap { name -> [PublishedValue] in
      let path = "\(folder)/\(name)"
      guard let data = FileManager.default.contents(atPath: path) else {
        throw PublishedError(file: path, line: 0, "cannot be read; give the user who runs tern the right to")
      }
      return try PublishedResults(csv: data, file: path).values
    }
    return PublishedResults(values: values)
  }

  /// Reads one file; `file` is what errors call it.
  ///
  /// Throws `PublishedError` for another heading, a row that is longer or shorter, a metric that is not known, a number
  /// that is none, and a row without a number that does not say why.
  public init(csv data: Data, file: String) throws {
    guard data.count <= Self.largestFile else {
      throw PublishedError(
        file: file, line: 0, "longer than \(Self.largestFile) bytes: not a table of published numbers")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw PublishedError(file: file, line: 0, "not UTF-8 text; save it as UTF-8")
    }
    let rows: [CSVRow]
    do { rows = try CSVRow.rows(of: text) } catch let error as CSVError {
      throw PublishedError(file: file, line: error.line, error.problem)
    }
    guard let heading = rows.first, heading.fields == Self.columns else {
      throw PublishedError(
        file: file, line: 1, "the heading must be \"\(Self.columns.joined(separator: ","))\"")
    }
    values = try rows.dropFirst().map { row in
      guard row.fields.count == Self.columns.count else {
        throw PublishedError(
          file: file, line: row.line, "\(row.fields.count) fields where the heading has \(Self.columns.count)")
      }
      return try PublishedValue(
        Fields(file: file, line: row.line, values: Dictionary(uniqueKeysWithValues: zip(Self.columns, row.fields))))
    }
  }

  /// Far above any table that people type, and small enough to be read at once.
  private static let largestFile = 8 << 20

  /// One row by column, which knows where it stands.
  fileprivate struct Fields {
    let file: String
    let line: Int
    let values: [String: String]

    func text(_ column: String) -> String { values[column] ?? "" }

    func optional(_ column: String) -> String? { text(column).isEmpty ? nil : text(column) }

    func required(_ column: String) throws -> String {
      guard let text = optional(column) else { throw error(column, "must not be empty") }
      return text
    }

    func number(_ column: String, above least: Double) throws -> Double? {
      guard let text = optional(column) else { return nil }
      // Double(_:) would also take "0x1p3", "inf" and "nan".
      guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }),
        let value = Double(text), value.isFinite
      else { throw error(column, "\"\(text.prefix(40))\" is not a decimal number") }
      guard value > least else { throw error(column, "\(text) must be more than \(least)") }
      return value
    }

    func error(_ column: String, _ problem: String) -> PublishedError {
      PublishedError(file: file, line: line, "column \(column): \(problem)")
    }
  }
}

extension PublishedValue {
  fileprivate init(_ row: PublishedResults.Fields) throws {
    source = try row.required("source")
    place = try row.required("place")
    date = try Self.date(row)
    system = row.text("system")
    kernel = row.text("kernel")
    model = row.text("model")
    zooModel = row.optional("zoo_model")
    parameters = try row.number("parameters_billion", above: 0).map { $0 * 1e9 }
    cpu = row.optional("cpu")
    architecture = row.optional("architecture")
    guard architecture == nil || architecture == "x86_64" || architecture == "arm64" else {
      throw row.error("architecture", "\"\(row.text("architecture").prefix(40))\" is neither x86_64 nor arm64")
    }
    threads = try Self.threads(row)
    test = row.text("test")
    guard let metric = Metric(rawValue: row.text("metric")) else {
      let known = Metric.allCases.map(\.rawValue).joined(separator: ", ")
      throw row.error("metric", "\"\(row.text("metric").prefix(40))\" is not one of \(known)")
    }
    self.metric = metric
    value = try row.number("value", above: 0)
    halfWidth = try row.number("half_width", above: 0)
    note = row.text("note")
    if value == nil, note.isEmpty { throw row.error("value", "is empty and note does not say why") }
  }

  private static func date(_ row: PublishedResults.Fields) throws -> String {
    let text = try row.required("date")
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let lengths = parts.map(\.utf8.count)
    let isDigits = parts.allSatisfy { part in
      part.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }
    guard isDigits, lengths == [4, 2] || lengths == [4, 2, 2], 1...12 ~= Int(parts[1]) ?? 0,
      parts.count == 2 || 1...31 ~= Int(parts[2]) ?? 0
    else { throw row.error("date", "\"\(text.prefix(40))\" is not a month such as 2024-10 or a day") }
    return text
  }

  private static func threads(_ row: PublishedResults.Fields) throws -> Threads? {
    guard let text = row.optional("threads") else { return nil }
    if text == "best" { return .best }
    // No machine has more hardware threads than this.
    guard let count = Int(text), 1...65_536 ~= count else {
      throw row.error("threads", "\"\(text.prefix(40))\" is neither a number of threads nor best")
    }
    return .count(count)
  }
}

/// A file of published numbers cannot be read: which, where, and what is wrong.
public struct PublishedError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file as it was named.
  public let file: String
  /// The line, from 1; 0 for the file as a whole.
  public let line: Int
  /// What is wrong.
  public let problem: String

  init(file: String, line: Int, _ problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// "Results/published/a.csv:12: column value: …".
  public var description: String { line > 0 ? "\(file):\(line): \(problem)" : "\(file): \(problem)" }
}
