import Foundation
import Records

/// SQL text for `sqlite3 results.db < export.sql`, as llama-bench writes it: no library, and it appends to what is there.
///
/// `tern_sample` has one row per repetition with the columns of the CSV; `tern_extra` holds facts (once per cell, without
/// a repetition), `fraction_of_ceiling` and metrics that this build does not know, as name and value, so that the first
/// table never changes its shape. NULL where unknown.
public struct SQLSink: Sink {
  /// "sql".
  public static let name = "sql"
  /// "sql".
  public static let fileExtension = "sql"
  /// For help texts.
  public static let summary = "CREATE TABLE and INSERT statements, for sqlite3"

  /// Makes a sink.
  public init() {}

  /// Writes one transaction.
  public func render(_ records: [RunRecord]) throws -> Data {
    var lines = ["BEGIN;", Self.sampleTable, Self.extraTable]
    for record in records {
      var cellsWithFacts: Set<FlatRow.Value> = []
      for row in FlatRow.rows(of: record) {
        lines.append(Self.insertSample(row))
        let isFirst = cellsWithFacts.insert(row.values["cell"] ?? .text("")).inserted
        let extras = FlatRow.extraColumns(of: [row]).filter { isFirst || !FlatRow.isFact($0) }
        lines += extras.map { Self.insertExtra($0, of: row) }
      }
    }
    lines.append("COMMIT;")
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static let sampleTable: String = {
    let columns = FlatColumn.all.map { "  \(identifier($0.name)) \($0.kind.rawValue)" }
    return "CREATE TABLE IF NOT EXISTS tern_sample (\n" + columns.joined(separator: ",\n") + "\n);"
  }()

  private static let extraTable = """
    CREATE TABLE IF NOT EXISTS tern_extra (
      "record" TEXT,
      "cell" TEXT,
      "repetition" INTEGER,
      "name" TEXT,
      "value" REAL
    );
    """

  /// Columns without a value are left out, which makes them NULL.
  private static func insertSample(_ row: FlatRow) -> String {
    let known = FlatColumn.all.filter { row.values[$0.name] != nil }
    let columns = known.map { identifier($0.name) }.joined(separator: ", ")
    let values = known.map { literal(row.values[$0.name], as: $0.kind) }.joined(separator: ", ")
    return "INSERT INTO tern_sample (\(columns)) VALUES (\(values));"
  }

  private static func insertExtra(_ name: String, of row: FlatRow) -> String {
    let values = [
      literal(row.values["record"], as: .text), literal(row.values["cell"], as: .text),
      FlatRow.isFact(name) ? "NULL" : literal(row.values["repetition"], as: .integer), string(name),
      literal(row.values[name], as: .real),
    ]
    return "INSERT INTO tern_extra VALUES (\(values.joined(separator: ", ")));"
  }

  private static func literal(_ value: FlatRow.Value?, as kind: FlatColumn.Kind) -> String {
    switch value {
    case nil: "NULL"
    case .text(let text): string(text)
    case .int(let number): kind == .text ? string(String(number)) : String(number)
    case .unsigned(let number): kind == .text ? string(String(number)) : String(number)
    case .number(let number): Number.exact(number)
    case .flag(let flag): flag ? "1" : "0"
    case .list(let items): string(items.map(String.init).joined(separator: " "))
    }
  }

  /// Doubles quotes; a NUL byte, which would end the text for sqlite3, becomes `char(0)`.
  private static func string(_ text: String) -> String {
    "'"
      + Escape.scalars(of: text) { scalar in
        switch scalar {
        case "'": "''"
        case "\0": "' || char(0) || '"
        default: nil
        }
      } + "'"
  }

  /// "case" is a word of SQL, so every name is quoted.
  private static func identifier(_ name: String) -> String { "\"\(name)\"" }
}
