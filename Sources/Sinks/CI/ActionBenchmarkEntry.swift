import Foundation
import Records
import Statistics

/// One line of the JSON that github-action-benchmark reads; its keys are that action's.
struct ActionBenchmarkEntry: Encodable, Equatable {
  /// What is followed over commits: it must stay the same.
  var name: String
  /// The unit of `value`.
  var unit: String
  /// The number that is drawn.
  var value: Double
  /// How far it can be off, as text.
  var range: String?
  /// What the tooltip says beside it.
  var extra: String?

  /// The array, one key per line and sorted.
  static func render(_ entries: [ActionBenchmarkEntry]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // The encoder would put blank lines between the brackets of nothing.
    return entries.isEmpty ? Data("[]\n".utf8) : try encoder.encode(entries) + Data("\n".utf8)
  }
}

/// Speeds for github-action-benchmark with `tool: customBiggerIsBetter`.
///
/// One entry per cell that ran well, with the mean of its rate and the half-width of its 95 % interval. The action takes
/// one direction per file: what is better small has a format of its own.
public struct ActionBenchmarkSink: Sink {
  /// "github-action-benchmark".
  public static let name = "github-action-benchmark"
  /// "json".
  public static let fileExtension = "json"
  /// For help texts.
  public static let summary = "speeds, customBiggerIsBetter"

  /// Makes a sink.
  public init() {}

  /// Writes the array.
  public func render(_ records: [RunRecord]) throws -> Data {
    try ActionBenchmarkEntry.render(
      records.flatMap { record in
        record.cells.compactMap { cell in
          let summary = CellSummary(cell)
          guard summary.headline.better == .higher, let rate = summary.rate else { return nil }
          let (unit, scale) = ResultRow.unit(of: summary.headline)
          return ActionBenchmarkEntry(
            cell, of: record, what: nil, unit: unit, value: rate.mean * scale,
            halfWidth: rate.meanInterval.map { $0.halfWidth * scale })
        }
      })
  }
}

/// Energies and latencies for github-action-benchmark with `tool: customSmallerIsBetter`.
///
/// One entry per cell and quantity: joules per token, milliseconds to the first token, nanoseconds per load of a probe.
public struct ActionBenchmarkSmallerSink: Sink {
  /// "github-action-benchmark-smaller".
  public static let name = "github-action-benchmark-smaller"
  /// "json".
  public static let fileExtension = "json"
  /// For help texts.
  public static let summary = "energies, latencies; customSmallerIsBetter"

  /// Makes a sink.
  public init() {}

  /// Writes the array.
  public func render(_ records: [RunRecord]) throws -> Data {
    try ActionBenchmarkEntry.render(
      records.flatMap { record in record.cells.flatMap { Self.entries(of: $0, in: record) } })
  }

  private static func entries(of cell: CellRecord, in record: RunRecord) -> [ActionBenchmarkEntry] {
    let summary = CellSummary(cell)
    var entries: [ActionBenchmarkEntry] = []
    if summary.headline.better == .lower, let latency = summary.rate {
      entries.append(
        ActionBenchmarkEntry(
          cell, of: record, what: nil, unit: summary.headline.unit, value: latency.mean,
          halfWidth: latency.meanInterval?.halfWidth))
    }
    if let energy = EnergyPerToken(cell) {
      entries.append(
        ActionBenchmarkEntry(
          cell, of: record, what: "energy of the \(energy.domain.title)", unit: "J/token", value: energy.joules,
          halfWidth: energy.halfWidth))
    }
    if let first = summary.timeToFirstTokenMs {
      entries.append(
        ActionBenchmarkEntry(
          cell, of: record, what: "time to first token", unit: "ms", value: first.mean,
          halfWidth: first.meanInterval?.halfWidth))
    }
    return entries
  }
}

extension ActionBenchmarkEntry {
  /// A quantity of a cell; `what` names it where it is not the cell's own.
  fileprivate init(
    _ cell: CellRecord, of record: RunRecord, what: String?, unit: String, value: Double, halfWidth: Double?
  ) {
    name = "\(record.suite.name): \(cell.id)" + (what.map { ", \($0)" } ?? "")
    self.unit = unit
    self.value = value
    range = halfWidth.map { "± \(Number.threeDigits($0))" }
    let vetoes = cell.isVetoed ? ["vetoed by the environment: \(cell.vetoes.joined(separator: ", "))"] : []
    let count = cell.samples.count
    extra =
      ([
        "mean of \(count) \(count == 1 ? "repetition" : "repetitions")"
          + (halfWidth == nil ? "" : " ± half of the 95 % interval"), record.machine.name, "record \(record.id)",
      ] + vetoes).joined(separator: "\n")
  }
}
