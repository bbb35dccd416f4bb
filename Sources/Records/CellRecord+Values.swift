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
