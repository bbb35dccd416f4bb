import Foundation
import Records

/// JUnit's XML of runs: one test suite per record, one test per cell.
///
/// A failed cell is a failure, a skipped one is skipped, and one that was not run is an error: the run was cut short. The
/// time of a test is what its repetitions measured.
public struct JUnitSink: Sink {
  /// "junit".
  public static let name = "junit"
  /// "xml".
  public static let fileExtension = "xml"
  /// For help texts.
  public static let summary = "JUnit XML, one test per cell, for CI systems"

  /// Makes a sink.
  public init() {}

  /// Writes the document.
  public func render(_ records: [RunRecord]) throws -> Data {
    JUnitDocument(name: "tern", suites: records.map(Self.suite)).render()
  }

  private static func suite(of record: RunRecord) -> JUnitDocument.Suite {
    let properties: [(String, String?)] = [
      ("record", record.id), ("machine", record.machine.name), ("cpu", record.machine.cpu.model),
      ("version", record.tool.version), ("commit", record.tool.commit), ("status", record.status.rawValue),
      ("shard", record.schedule.shard?.label),
    ]
    return JUnitDocument.Suite(
      name: record.suite.name, timestamp: record.startedAt,
      properties: properties.compactMap { name, value in value.map { (name: name, value: $0) } },
      cases: record.cells.map { test(of: $0, in: record) })
  }

  private static func test(of cell: CellRecord, in record: RunRecord) -> JUnitDocument.Case {
    let wallNs = cell.values(of: "time_wall_ns")
    return JUnitDocument.Case(
      className: "\(record.suite.name).\(cell.caseName)", name: cell.id,
      seconds: wallNs.isEmpty ? nil : wallNs.reduce(0, +) / 1e9, result: result(of: cell, in: record),
      output: output(of: cell))
  }

  private static func result(of cell: CellRecord, in record: RunRecord) -> JUnitDocument.Result {
    switch cell.outcome {
    case .ok: .passed
    case .skipped(let reason): .skipped(reason)
    case .failed(let reason): .failed(reason, kind: "failed", details: "\(cell.id): \(reason)")
    case .pending:
      .error(
        "not run: the run is \(record.status.rawValue)", kind: "pending",
        details: "tern run --resume continues the record \(record.id)")
    }
  }

  private static func output(of cell: CellRecord) -> String {
    let row = ResultRow(cell)
    var lines: [String] = []
    if row.rate != Number.unknown { lines.append("\(row.rate) \(row.unit)") }
    if let energy = row.energyPerToken { lines.append("\(energy) J/token") }
    if cell.isVetoed { lines.append("vetoed by the environment: \(cell.vetoes.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }
}
