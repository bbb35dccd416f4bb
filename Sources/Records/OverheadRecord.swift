/// Where the wall time of a run went, in nanoseconds.
public struct OverheadRecord: Codable, Sendable, Equatable {
  /// From the start of the first cell to the end of the last.
  public var timeTotalNs: Int
  /// Inside measured windows.
  public var timeMeasuredNs: Int
  /// Generating or loading, and packing, weights.
  public var timeLoadNs: Int
  /// Warm-up runs.
  public var timeWarmupNs: Int
  /// Asked for by the suite: cool-down, delay.
  public var timeCooldownNs: Int
  /// Passes that time single operations; absent where none was run.
  public var timeProfileNs: Int?

  enum CodingKeys: String, CodingKey {
    case timeTotalNs = "time_total_ns"
    case timeMeasuredNs = "time_measured_ns"
    case timeLoadNs = "time_load_ns"
    case timeWarmupNs = "time_warmup_ns"
    case timeCooldownNs = "time_cooldown_ns"
    case timeProfileNs = "time_profile_ns"
  }

  /// What is left: the harness itself.
  public var timeHarnessNs: Int {
    timeTotalNs - timeMeasuredNs - timeLoadNs - timeWarmupNs - timeCooldownNs - (timeProfileNs ?? 0)
  }

  /// Makes a breakdown.
  public init(
    timeTotalNs: Int, timeMeasuredNs: Int, timeLoadNs: Int, timeWarmupNs: Int, timeCooldownNs: Int,
    timeProfileNs: Int? = nil
  ) {
    self.timeTotalNs = timeTotalNs
    self.timeMeasuredNs = timeMeasuredNs
    self.timeLoadNs = timeLoadNs
    self.timeWarmupNs = timeWarmupNs
    self.timeCooldownNs = timeCooldownNs
    self.timeProfileNs = timeProfileNs
  }
}
