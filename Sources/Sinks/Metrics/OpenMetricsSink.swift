import Foundation
import Records

/// The text exposition of OpenMetrics 1.0, which Prometheus, VictoriaMetrics and their relatives take in.
///
/// Every repetition is a point of a gauge with the time at which its window opened; units are base units and end the
/// names (`tern_time_wall_seconds`). What a run is stands in `tern_run_info`, what became of a cell in the state set
/// `tern_cell_outcome`; `record` joins them with the values. The samples of a failed cell are left out, because its
/// output was wrong or its run was cut short, and those that the environment vetoed say so. A record that is given twice
/// is written once, because a point may not be repeated.
public struct OpenMetricsSink: Sink {
  /// "openmetrics".
  public static let name = "openmetrics"
  /// "om": what the text exposition is kept in.
  public static let fileExtension = "om"
  /// For help texts.
  public static let summary = "OpenMetrics text, one gauge per metric, one point per repetition"

  /// Makes a sink.
  public init() {}

  /// Writes the families, one after the other, and the end mark.
  ///
  /// Throws `SinkTimeError` for a time that is none.
  public func render(_ records: [RunRecord]) throws -> Data {
    var families = Families()
    for record in records {
      let time = try UnixTime(record.startedAt, of: record.id).decimalSeconds
      families.add(Self.info(of: record, at: time), to: .info)
      for cell in record.cells { try Self.add(cell, of: record, at: time, to: &families) }
    }
    return Data((families.lines + ["# EOF"]).map { $0 + "\n" }.joined().utf8)
  }

  // MARK: - Points

  private static func info(of record: RunRecord, at time: String) -> String {
    let labels: [(String, String?)] = [
      ("record", record.id), ("suite", record.suite.name), ("suite_sha256", record.suite.sha256),
      ("machine", record.machine.name), ("cpu", record.machine.cpu.model), ("version", record.tool.version),
      ("commit", record.tool.commit), ("configuration", record.tool.configuration),
      ("status", record.status.rawValue),
    ]
    let known = labels.compactMap { name, value in value.map { (name: name, value: $0) } }
    return "tern_run_info{\(text(of: known))} 1 \(time)"
  }

  private static func add(_ cell: CellRecord, of record: RunRecord, at time: String, to families: inout Families) throws
  {
    let labels = text(of: [(name: "record", value: record.id)] + CellLabels.of(cell, in: record))
    for state in ["pending", "ok", "skipped", "failed"] {
      let value = cell.outcome.state == state ? 1 : 0
      families.add("tern_cell_outcome{\(labels),tern_cell_outcome=\"\(state)\"} \(value) \(time)", to: .outcome)
    }
    func add(_ name: String, _ value: Double, _ more: String, _ time: String) {
      let family = MetricFamily(name)
      let scaled = value / family.divisor
      guard scaled.isFinite else { return }
      families.add("\(family.name){\(labels)\(more)} \(Number.exact(scaled)) \(time)", to: .metric(name))
    }
    for (name, value) in cell.facts { add("fact_\(name)", value, "", time) }
    for (name, value) in cell.estimates ?? [:] { add(name, value, "", time) }
    if case .failed = cell.outcome { return }
    for sample in cell.samples {
      let start = try UnixTime(sample.startedAt, of: "\(record.id), \(cell.id), repetition \(sample.repetition)")
      let more = ",repetition=\"\(sample.repetition)\",vetoed=\"\(sample.isVetoed)\""
      for (name, value) in sample.metrics { add(name, value, more, start.decimalSeconds) }
      for (name, value) in sample.halfWidths ?? [:] { add("half_width_\(name)", value, more, start.decimalSeconds) }
    }
  }

  private static func text(of labels: [(name: String, value: String)]) -> String {
    labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
  }

  /// What the format asks for in label values and help texts.
  private static func escaped(_ text: String) -> String {
    Escape.scalars(of: text) { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n": "\\n"
      default: nil
      }
    }
  }

  // MARK: - Families

  /// Points by family: the format wants those of one together, and none twice.
  private struct Families {
    enum Key: Hashable {
      case info, outcome
      case metric(String)
    }

    private var points: [Key: [String]] = [:]
    private var seen: Set<Substring> = []

    /// Adds a line unless one with its labels is there.
    mutating func add(_ line: String, to key: Key) {
      // The last brace ends the labels: behind it stand two numbers.
      let end = line.lastIndex(of: "}") ?? line.endIndex
      if seen.insert(line[..<end]).inserted { points[key, default: []].append(line) }
    }

    /// The info and the outcomes, then the metrics of the schema, then all others by name.
    var lines: [String] {
      let names = points.keys.compactMap { if case .metric(let name) = $0 { name } else { nil } }
      let known = Metric.all.map(\.name).filter(names.contains)
      let others = Set(names).subtracting(known).sorted()
      return head("tern_run", "info", unit: nil, help: "What a run measured, where and with which build.", .info)
        + head("tern_cell_outcome", "stateset", unit: nil, help: "What became of a cell of a run.", .outcome)
        + (known + others).flatMap { name in
          let family = MetricFamily(name)
          return head(family.name, "gauge", unit: family.unit, help: Metric.named(name)?.summary, .metric(name))
        }
    }

    private func head(_ name: String, _ type: String, unit: String?, help: String?, _ key: Key) -> [String] {
      guard let lines = points[key] else { return [] }
      return ["# TYPE \(name) \(type)"] + (unit.map { ["# UNIT \(name) \($0)"] } ?? [])
        + (help.map { ["# HELP \(name) \(escaped($0))"] } ?? []) + lines
    }
  }
}
