import Foundation
import Records

/// One row per repetition, one column per quantity, quoted after RFC 4180.
///
/// "Tidy" data: a row is an observation and a column a variable, which `pandas.read_csv`, R's `read.csv` and every
/// spreadsheet plot, filter and group as they are; one row per metric would have to be pivoted first, and would mix
/// seconds and joules in one column. The header begins with the same columns in the same order in every export
/// (identity, then every metric of the schema); behind them follow, where a record has any, facts (`fact_…`), the part of
/// the probed ceiling that the repetition reached (`fraction_of_ceiling`) and metrics that this build does not know. A field is empty where the value is unknown. A cell that was skipped or failed
/// has one row with its outcome and reason. The times of single tokens are lists and stand in `json` and `jsonl` only.
public struct CSVSink: Sink {
  /// "csv".
  public static let name = "csv"
  /// "csv".
  public static let fileExtension = "csv"
  /// For help texts.
  public static let summary = "one row per repetition, one column per metric"

  /// Makes a sink.
  public init() {}

  /// Writes the header and the rows.
  ///
  /// Lines end with LF alone, unlike the RFC's CR LF: pandas, R and spreadsheets read either, and `cut`, `awk` and `join`
  /// would keep the CR in the last column.
  public func render(_ records: [RunRecord]) throws -> Data {
    let rows = records.flatMap(FlatRow.rows)
    let columns = FlatColumn.all.map(\.name) + FlatRow.extraColumns(of: rows)
    var lines = [columns.map(Self.quoted).joined(separator: ",")]
    lines += rows.map { row in columns.map { row.values[$0].map(Self.field) ?? "" }.joined(separator: ",") }
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func field(_ value: FlatRow.Value) -> String {
    switch value {
    case .text(let text): quoted(text)
    case .int(let number): String(number)
    case .unsigned(let number): String(number)
    case .number(let number): Number.exact(number)
    case .flag(let flag): flag ? "1" : "0"
    case .list(let items): items.map(String.init).joined(separator: " ")
    }
  }

  /// Quotes only where the RFC asks for it.
  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return text }
    return "\"" + Escape.scalars(of: text) { $0 == "\"" ? "\"\"" : nil } + "\""
  }
}
