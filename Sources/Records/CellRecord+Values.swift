extension CellRecord {
  /// Collects one metric over the repetitions, in the order in which they ran.
  ///
  /// A repetition that does not have the metric is left out, so the list can be shorter than `samples`.
  public func values(of metric: String) -> [Double] {
    samples.compactMap { $0.metrics[metric] }
  }

  /// The names of the metrics that at least one repetition has: those of `Metric.all` first, in that order, then
  /// those that this build does not know, by name.
  public var metricNames: [String] {
    var present = Set(samples.flatMap(\.metrics.keys))
    let known = Metric.all.map(\.name).filter { present.remove($0) != nil }
    return known + present.sorted()
  }
}

extension PhaseRecord {
  /// Tokens that one iteration processes: prompt and generated tokens together, or the vectors of one product; nil for
  /// a probe, which has none.
  public var tokensPerIteration: Int? {
    switch kind {
    case .model: (prompt ?? 0) + (generate ?? 0)
    case .matrices, .head: batch ?? 1
    case .probe: nil
    }
  }
}

extension RunRecord {
  /// The warning with that id, where the run has one.
  public func warning(_ id: String) -> WarningRecord? {
    warnings.first { $0.id == id }
  }
}
