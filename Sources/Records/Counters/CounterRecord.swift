/// What one hardware event counted over the window of its group, summed over the threads of the run.
public struct CounterRecord: Codable, Sendable, Equatable {
  /// The group that it was counted in: "ipc"; its events and formulas stand in the meter's record.
  public var group: String
  /// The event's name within the group: "instructions".
  public var event: String
  /// The PMU of a hybrid processor that counted, as the kernel names it: "cpu_core"; absent where there is one kind.
  public var coreType: String?
  /// The count as it was read, never scaled.
  public var count: Int
  /// How long the event was enabled, nanoseconds summed over the threads.
  public var timeEnabledNs: Int
  /// How long it was on the hardware; less than enabled where events had to take turns.
  public var timeRunningNs: Int
  /// Wall time of the group's window where it is not the sample's own: groups are counted one after the other.
  public var windowNs: Int?

  enum CodingKeys: String, CodingKey {
    case group, event, count
    case coreType = "core_type"
    case timeEnabledNs = "time_enabled_ns"
    case timeRunningNs = "time_running_ns"
    case windowNs = "window_ns"
  }

  /// Makes a count.
  public init(
    group: String, event: String, coreType: String? = nil, count: Int, timeEnabledNs: Int, timeRunningNs: Int,
    windowNs: Int? = nil
  ) {
    self.group = group
    self.event = event
    self.coreType = coreType
    self.count = count
    self.timeEnabledNs = timeEnabledNs
    self.timeRunningNs = timeRunningNs
    self.windowNs = windowNs
  }

  /// The part of the time in which the event was on the hardware; nil where it was never enabled.
  public var runningRatio: Double? {
    timeEnabledNs > 0 ? Double(timeRunningNs) / Double(timeEnabledNs) : nil
  }
}
