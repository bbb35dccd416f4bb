/// One meter of the run: what it read, or why it could not.
public struct MeterRecord: Codable, Sendable, Equatable {
  /// "time", "cpu", "memory", "software-events", "counters", "energy".
  public var id: String
  /// What is read, in words: "CLOCK_MONOTONIC_RAW", "powercap intel-rapl".
  public var source: String
  /// What the numbers cover: "process", "thread", "package".
  public var scope: String?
  /// Whether it could be read.
  public var available: Bool
  /// Why not.
  public var reason: String?
  /// How to allow it.
  public var fix: String?
  /// The smallest step of the source, in nanoseconds for clocks.
  public var resolutionNs: Int?
  /// Groups of hardware events as they were encoded for this processor.
  public var counterGroups: [CounterGroupRecord]?
  /// How often the source gives a new value, nanoseconds, as it was measured at the start.
  public var updateIntervalNs: Int?
  /// What a reader must know of the source: an energy filter that may be on, a die that is counted twice and left out.
  public var notes: [String]?
  /// The median cost of starting and stopping this meter around nothing.
  public var overheadNs: Int?

  enum CodingKeys: String, CodingKey {
    case id, source, scope, available, reason, fix
    case resolutionNs = "resolution_ns"
    case overheadNs = "overhead_ns"
    case counterGroups = "counter_groups"
    case updateIntervalNs = "update_interval_ns"
    case notes
  }

  /// Makes an entry.
  public init(
    id: String, source: String, scope: String? = nil, available: Bool, reason: String? = nil, fix: String? = nil,
    resolutionNs: Int? = nil, counterGroups: [CounterGroupRecord]? = nil, updateIntervalNs: Int? = nil,
    notes: [String]? = nil, overheadNs: Int? = nil
  ) {
    self.id = id
    self.source = source
    self.scope = scope
    self.available = available
    self.reason = reason
    self.fix = fix
    self.resolutionNs = resolutionNs
    self.counterGroups = counterGroups
    self.updateIntervalNs = updateIntervalNs
    self.notes = notes
    self.overheadNs = overheadNs
  }
}
