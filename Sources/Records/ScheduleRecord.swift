/// The order in which repetitions of the cells were run.
public struct ScheduleRecord: Codable, Sendable, Equatable {
  /// "interleaved", "sequential" or "shuffled".
  public var order: String
  /// The seed of the shuffles.
  public var seed: UInt64

  /// Makes a schedule.
  public init(order: String, seed: UInt64) {
    self.order = order
    self.seed = seed
  }
}
