import Records
import Statistics

/// Holds one cell with the statistics that several sections show.
struct CellView {
  /// The cell.
  let cell: CellRecord
  /// Which metric tells how fast the cell ran.
  let speedMetric: String
  /// How fast it ran; absent where it did not.
  let speed: Estimate?

  init(_ cell: CellRecord) {
    self.cell = cell
    speedMetric = Self.speedMetric(of: cell)
    speed = cell.outcome == .ok ? Estimate(cell.values(of: speedMetric)) : nil
  }

  /// Tokens per second for phases of a model; otherwise what the sample holds, bytes before products.
  private static func speedMetric(of cell: CellRecord) -> String {
    let preferred =
      cell.phase.kind == .model
      ? ["rate_tokens_per_s"] : ["rate_bytes_per_s", "rate_macs_per_s", "rate_tokens_per_s"]
    return preferred.first { name in cell.samples.contains { $0.metrics[name] != nil } } ?? preferred[0]
  }

  /// Standard deviation over mean of the main quantity; absent for fewer than two repetitions.
  var variation: Double? {
    let values = cell.outcome == .ok ? cell.values(of: speedMetric) : []
    return values.coefficientOfVariation
  }

  /// The main quantity of this cell over that of another, paired by repetition.
  func ratio(to other: CellView) -> Estimate? {
    Estimate(pairs: cell.paired(speedMetric, with: other.cell, other.speedMetric))
  }
}

extension CellRecord {
  /// The values of a metric, one per repetition that has it.
  func values(of metric: String) -> [Double] {
    samples.compactMap { $0.metrics[metric] }.filter(\.isFinite)
  }

  /// Values of this cell and another from the same round of the schedule, where both are positive.
  func paired(_ metric: String, with other: CellRecord, _ otherMetric: String) -> [(Double, Double)] {
    let theirs = Dictionary(
      other.samples.compactMap { sample in sample.metrics[otherMetric].map { (sample.repetition, $0) } },
      uniquingKeysWith: { first, _ in first })
    return samples.compactMap { sample in
      guard let own = sample.metrics[metric], let their = theirs[sample.repetition], own > 0, their > 0 else {
        return nil
      }
      return (own, their)
    }
  }
}

extension PhaseRecord {
  /// Whether tokens are generated and no prompt is processed inside the window.
  var isDecode: Bool { kind == .model && (generate ?? 0) > 0 && (prompt ?? 0) == 0 }
  /// Whether a prompt is processed and nothing is generated inside the window.
  var isPrefill: Bool { kind == .model && (prompt ?? 0) > 0 && (generate ?? 0) == 0 }
}

extension CellView {
  /// Percentiles of the times of single tokens, nanoseconds.
  struct Latency {
    let p50: Double
    let p90: Double
    let p99: Double
    let count: Int
  }

  /// Over every token of every repetition; absent where no token was timed.
  var latency: Latency? {
    let times = cell.outcome == .ok ? cell.samples.flatMap { $0.tokenTimesNs ?? [] }.map(Double.init) : []
    guard let shares = times.quantiles([0.5, 0.9, 0.99]) else { return nil }
    return Latency(p50: shares[0], p90: shares[1], p99: shares[2], count: times.count)
  }
}
