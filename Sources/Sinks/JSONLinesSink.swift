import Foundation
import Records

/// One flat JSON object per line and repetition, with the keys of the CSV columns.
///
/// Per repetition and not per cell, because then every line has the same depth: `jq`, `pandas.read_json(lines=True)`,
/// DuckDB and log collectors read it without unnesting, and two files are merged with `cat`. A key is absent where the
/// value is unknown. Unlike CSV it also holds `token_times_ns`. A cell without repetitions has one line with its outcome.
public struct JSONLinesSink: Sink {
  /// "jsonl".
  public static let name = "jsonl"
  /// "jsonl".
  public static let fileExtension = "jsonl"
  /// For help texts.
  public static let summary = "one flat JSON object per line and repetition"

  /// Makes a sink.
  public init() {}

  /// Writes the lines.
  public func render(_ records: [RunRecord]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var data = Data()
    for row in records.flatMap(FlatRow.rows) {
      data += try encoder.encode(row.values) + Data("\n".utf8)
    }
    return data
  }
}
