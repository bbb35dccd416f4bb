import Records
import Statistics

/// What the repetitions of a cell come to: computed by readers, never stored.
public struct CellSummary: Sendable {
  /// The cell.
  public let cell: CellRecord
  /// The metric that a table shows for this kind of phase: tokens, bytes or MACs per second.
  public let headline: Metric
  /// The headline over the repetitions; nil for a cell that was skipped, failed or not run yet.
  public let rate: Summary?
  /// Times of single generated tokens, all repetitions pooled; nil where none were kept.
  public let tokenLatency: TokenLatency?
  /// From the start of the prompt to the first generated token, in milliseconds.
  public let timeToFirstTokenMs: Summary?

  /// Summarises a cell.
  ///
  /// Samples of a failed cell are not summarised: its output was wrong or its run was cut short.
  public init(_ cell: CellRecord) {
    self.cell = cell
    headline = Self.headline(of: cell.phase)
    let isUsable = cell.outcome.reason == nil
    rate = isUsable ? Summary(cell.values(of: headline.name)) : nil
    tokenLatency = isUsable ? TokenLatency(cell.samples.flatMap { $0.tokenTimesNs ?? [] }) : nil
    timeToFirstTokenMs = isUsable ? Summary(cell.values(of: "time_to_first_token_ns").map { $0 * 1e-6 }) : nil
  }

  /// Summarises any metric, in its own unit over the whole window; nil where no repetition has it.
  public func summary(of metric: String) -> Summary? {
    cell.outcome.reason == nil ? Summary(cell.values(of: metric)) : nil
  }

  /// Summarises a metric divided by the tokens of its window: J per token, instructions per token.
  ///
  /// Nil for probes, which have no tokens, and where no repetition has the metric.
  public func perToken(_ metric: String) -> Summary? {
    guard cell.outcome.reason == nil, let tokens = cell.tokensPerIteration, tokens > 0 else { return nil }
    return Summary(
      cell.samples.compactMap { sample in
        sample.metrics[metric].map { $0 / (Double(tokens) * Double(sample.iterations)) }
      })
  }

  /// Tokens per second where a model runs; bytes per second where one vector meets a matrix, which memory limits; MACs
  /// per second where many do, which arithmetic limits; of a probe what it measures.
  private static func headline(of phase: PhaseRecord) -> Metric {
    let name =
      switch phase.kind {
      case .model: "rate_tokens_per_s"
      case .matrices, .head: (phase.batch ?? 1) > 1 ? "rate_macs_per_s" : "rate_bytes_per_s"
      case .probe: probe(phase.probeName)
      }
    // These names stand in `Metric.all`, which a test holds.
    return Metric.named(name)!
  }

  private static func probe(_ name: String?) -> String {
    switch name {
    case "int8": "rate_macs_per_s"
    case "fma": "rate_flop_per_s"
    case "latency": "time_load_ns"
    default: "rate_bytes_per_s"
    }
  }
}
