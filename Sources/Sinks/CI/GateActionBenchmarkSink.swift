import Foundation
import Records

/// The head's values for github-action-benchmark with `tool: customBiggerIsBetter`.
public struct GateActionBenchmarkSink: GateSink {
  /// "github-action-benchmark".
  public static let name = "github-action-benchmark"
  /// "json".
  public static let fileExtension = "json"
  /// For help texts.
  public static let summary = "the head's values, customBiggerIsBetter"

  /// Makes a sink.
  public init() {}

  /// Writes one entry per cell and metric that is better large.
  public func render(_ gate: GateRecord) throws -> Data { try ActionBenchmarkEntry.render(gate, better: .higher) }
}

/// The head's values for github-action-benchmark with `tool: customSmallerIsBetter`.
public struct GateActionBenchmarkSmallerSink: GateSink {
  /// "github-action-benchmark-smaller".
  public static let name = "github-action-benchmark-smaller"
  /// "json".
  public static let fileExtension = "json"
  /// For help texts.
  public static let summary = "the head's values, customSmallerIsBetter"

  /// Makes a sink.
  public init() {}

  /// Writes one entry per cell and metric that is better small: times, energies, counts.
  public func render(_ gate: GateRecord) throws -> Data { try ActionBenchmarkEntry.render(gate, better: .lower) }
}

extension ActionBenchmarkEntry {
  /// Entries of the verdicts that have values; an invalid one has none that can be trusted.
  fileprivate static func render(_ gate: GateRecord, better: Metric.Direction) throws -> Data {
    try render(
      gate.verdicts.compactMap { verdict in
        guard verdict.better == better, verdict.verdict != .invalid, let value = verdict.headMedian else { return nil }
        return ActionBenchmarkEntry(
          name: "\(gate.suite.name): \(verdict.cell), \(verdict.metric)", unit: verdict.unit, value: value,
          range: range(of: value, verdict), extra: extra(of: verdict, gate))
      })
  }

  /// The interval of the effect around the head's median; the base's own scatter is in it.
  private static func range(of value: Double, _ verdict: GateVerdict) -> String? {
    guard let lower = verdict.effectLower, let upper = verdict.effectUpper, let effect = verdict.effect else {
      return nil
    }
    let widest = max(upper - effect, effect - lower)
    return widest > 0 ? "± \(GateWording.percent(widest))" : nil
  }

  private static func extra(of verdict: GateVerdict, _ gate: GateRecord) -> String {
    var lines = ["\(GateWording.word(of: verdict.verdict)) against \(GateWording.named(gate.base))"]
    if let effect = GateWording.effect(of: verdict) {
      lines.append("changed by \(effect)" + (GateWording.interval(of: verdict).map { " (\($0))" } ?? ""))
    }
    if let base = verdict.baseMedian { lines.append("base \(Number.exact(base)) \(verdict.unit)") }
    if let advisory = verdict.advisory { lines.append("advisory: \(advisory)") }
    return (lines + [gate.machine.name, "gate \(gate.id)"]).joined(separator: "\n")
  }
}
