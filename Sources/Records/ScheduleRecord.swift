/// The order in which repetitions of the cells were run.
public struct ScheduleRecord: Codable, Sendable, Equatable {
  /// "interleaved", "sequential" or "shuffled".
  public var order: String
  /// The seed of the shuffles.
  public var seed: UInt64
  /// The part of the suite that was run; absent where that was all of it.
  public var shard: ShardRecord?

  /// Makes a schedule.
  public init(order: String, seed: UInt64, shard: ShardRecord? = nil) {
    self.order = order
    self.seed = seed
    self.shard = shard
  }
}
