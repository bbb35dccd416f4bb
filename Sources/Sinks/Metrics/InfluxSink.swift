import Foundation
import Records

/// Line protocol of InfluxDB, which QuestDB, VictoriaMetrics, Telegraf and others take in as well.
///
/// `tern` has one point per repetition, at the time at which its window opened, with one field per metric; `tern_cell` has
/// one per cell, at the start of the run, with its outcome, reason and facts. Tags say which cell it is, so that runs of
/// one commit follow one another in one series. Metrics are floats and keep their names and units; counts that are whole
/// by nature are integers. The samples of a failed cell are left out, because its output was wrong or its run was cut
/// short; `vetoed` marks those that the environment disturbed.
public struct InfluxSink: Sink {
  /// "influx".
  public static let name = "influx"
  /// "lp".
  public static let fileExtension = "lp"
  /// For help texts.
  public static let summary = "InfluxDB line protocol, one point per repetition"

  /// Makes a sink.
  public init() {}

  /// Writes the lines.
  ///
  /// Throws `SinkTimeError` for a time that is none, or that nanoseconds since 1970 cannot hold.
  public func render(_ records: [RunRecord]) throws -> Data {
    var lines: [String] = []
    for record in records {
      for cell in record.cells {
        // Sorted by name: the order that the database stores, and spares it the sorting.
        let tags = CellLabels.of(cell, in: record).sorted { $0.name < $1.name }
        lines.append(try Self.line(of: cell, in: record, tags: tags))
        if case .failed = cell.outcome { continue }
        lines += try cell.samples.map { try Self.line(of: $0, cell: cell, in: record, tags: tags) }
      }
    }
    return Data(lines.map { $0 + "\n" }.joined().utf8)
  }

  private typealias Tags = [(name: String, value: String)]

  private static func line(of cell: CellRecord, in record: RunRecord, tags: Tags) throws -> String {
    var fields = ["outcome=\(string(cell.outcome.state))", "record=\(string(record.id))"]
    if let reason = cell.outcome.reason { fields.append("reason=\(string(reason))") }
    fields += numbers(cell.facts.map { ("fact_\($0)", $1) } + (cell.estimates ?? [:]).map { ($0, $1) })
    return "\(series("tern_cell", tags)) \(fields.joined(separator: ",")) \(try time(record.startedAt, of: record.id))"
  }

  private static func line(of sample: SampleRecord, cell: CellRecord, in record: RunRecord, tags: Tags) throws
    -> String
  {
    // Two repetitions of one second would be one point without it, and the first be lost.
    let tags = (tags + [("repetition", String(sample.repetition))]).sorted { $0.name < $1.name }
    var fields = [
      "iterations=\(sample.iterations)i", "position_in_run=\(sample.positionInRun)i",
      "record=\(string(record.id))", "vetoed=\(sample.isVetoed)",
    ]
    fields += numbers(
      sample.metrics.map { ($0, $1) } + (sample.halfWidths ?? [:]).map { ("half_width_\($0)", $1) })
    let place = "\(record.id), \(cell.id), repetition \(sample.repetition)"
    return "\(series("tern", tags)) \(fields.joined(separator: ",")) \(try time(sample.startedAt, of: place))"
  }

  private static func time(_ text: String, of place: String) throws -> Int {
    guard let time = try UnixTime(text, of: place).totalNanoseconds else {
      throw SinkTimeError(text: text, place: place)
    }
    return time
  }

  private static func series(_ measurement: String, _ tags: Tags) -> String {
    ([measurement] + tags.map { "\($0.name)=\(key($0.value))" }).joined(separator: ",")
  }

  /// Always floats, also where a value is whole: a field has one type for ever.
  private static func numbers(_ values: [(String, Double)]) -> [String] {
    values.filter { $0.1.isFinite }.sorted { $0.0 < $1.0 }.map { name, value in
      // Readers differ in whether a quote in a field's key begins a text.
      "\(key(Escape.scalars(of: name) { $0 == "\"" ? "'" : nil }))=\(Number.exact(value))"
    }
  }

  /// A key or a tag's value.
  ///
  /// The protocol has no way to write a backslash before a comma, a space or an equals sign, nor a newline: they become a
  /// slash and a space.
  private static func key(_ text: String) -> String {
    let escaped = Escape.scalars(of: text) { scalar in
      switch scalar {
      case ",": "\\,"
      case "=": "\\="
      case " ": "\\ "
      case "\\": "/"
      default: Escape.isControl(scalar) ? "\\ " : nil
      }
    }
    return escaped.isEmpty ? "_" : escaped
  }

  /// A field that is text.
  private static func string(_ text: String) -> String {
    let escaped = Escape.scalars(of: text) { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      default: Escape.isControl(scalar) ? " " : nil
      }
    }
    return "\"\(escaped)\""
  }
}
