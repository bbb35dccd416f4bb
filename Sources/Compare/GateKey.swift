import Records

/// One thing that a gate judges: a metric of a cell.
public struct GateKey: Sendable, Hashable {
  /// The id of the cell.
  public let cell: String
  /// The name of the metric, see `Metric.all`.
  public let metric: String
  /// The metric's unit.
  public let unit: String
  /// Which direction is better, `higher` or `lower`.
  public let better: Metric.Direction
  /// Whether the metric is a count that repeats: two runs per side then decide, where they do repeat.
  public let isDeterministic: Bool
  /// Why its verdict is shown and does not count; nil where it counts.
  public let advisory: String?

  /// Makes a key; nil for a metric of which neither direction is better, which cannot be judged.
  public init?(cell: String, metric: Metric, isDeterministic: Bool = false, advisory: String? = nil) {
    guard metric.better != .neutral else { return nil }
    self.cell = cell
    self.metric = metric.name
    self.unit = metric.unit
    self.better = metric.better
    self.isDeterministic = isDeterministic
    self.advisory = advisory
  }
}

/// Blocks that a gate needs now.
public struct GateRequest: Sendable, Hashable {
  /// The id of the cell to run.
  public let cell: String
  /// The metrics that each block must give, in the order of the keys.
  public let metrics: [String]
  /// Why the blocks are needed; it goes back with them.
  public let stage: GateStage
  /// Whether the metrics are counts that repeat, which other processes may measure than those of the rest.
  public let isDeterministic: Bool
  /// One order per block that is still needed, in the order in which to run them.
  public let orders: [BlockOrder]
}

/// What is wrong with a block that was handed in: a mistake of the program that runs the processes.
public enum GateProcedureError: Error, Equatable, CustomStringConvertible {
  /// No key has this cell and metric.
  case unknownKey(cell: String, metric: String)
  /// Such a block was not asked for, or as many as were are there already.
  case notWanted(cell: String, metric: String, stage: GateStage)

  /// What happened.
  public var description: String {
    switch self {
    case .unknownKey(let cell, let metric): "\(cell): \(metric) is not judged by this gate"
    case .notWanted(let cell, let metric, let stage): "\(cell): no further block of \(stage) is needed for \(metric)"
    }
  }
}
