import Records

/// Something that can watch a window of time and say what it saw.
///
/// A meter knows nothing of models. What is slow about it (files, descriptors, memory) happens when it is opened;
/// `begin` to `end` is one window, and the readings cover exactly that window.
public protocol Meter: Sendable {
  /// A stable name, as in `MeterCatalog.ids`: "time", "cpu", "memory".
  var id: String { get }
  /// What is read, in words, for the record: "CLOCK_MONOTONIC_RAW", "getrusage(RUSAGE_SELF)".
  var source: String { get }
  /// What the numbers cover: "process", "thread", "package".
  var scope: String? { get }
  /// The smallest step of the source in nanoseconds, for clocks.
  var resolutionNs: Int? { get }
  /// How many windows of the same work it takes to see everything: 1, or the groups of events that do not fit together.
  var passes: Int { get }
  /// The shortest window that gives a value worth having; 0 where any does.
  var minimumWindowNs: Int { get }
  /// Whether it can be read here and now, and if not, the true reason and the fix in words.
  func availability() -> Availability
  /// Adds to the meter's record what is special about it: groups of events, an update interval, notes.
  func describe(in record: inout MeterRecord)
  /// Makes a window ready for one of the `passes`: opens and allocates what `begin` and `end` need.
  ///
  /// Throws `MeterError` when an available meter fails all the same.
  func open(pass: Int) throws -> any OpenMeter
}

extension Meter {
  /// One window shows everything.
  public var passes: Int { 1 }
  /// Any window.
  public var minimumWindowNs: Int { 0 }
  /// Nothing is special.
  public func describe(in record: inout MeterRecord) {}
}

/// A window that is ready: begun once, ended once, then read.
public protocol OpenMeter: AnyObject {
  /// Opens the window: reads what is counted into memory that is there; allocates nothing.
  ///
  /// Throws `MeterError` when the source fails.
  func begin() throws
  /// Closes the window, in the same way; a failure is told by `readings`.
  func end()
  /// What the window saw. A quantity that turned out not to be readable is a problem with its reason, never zero.
  func readings() -> MeterReadings
}

/// What one meter saw in one window.
public struct MeterReadings: Sendable, Equatable {
  /// One element per metric.
  public var values: [Reading]
  /// The zones behind the energies.
  public var zones: [EnergyZoneRecord]
  /// The counts behind the metrics of hardware events.
  public var counters: [CounterRecord]
  /// What is missing, and why.
  public var problems: [ProblemRecord]

  /// Makes readings; nil values are those that were not finite.
  public init(
    _ values: [Reading?] = [], zones: [EnergyZoneRecord] = [], counters: [CounterRecord] = [],
    problems: [ProblemRecord] = []
  ) {
    self.values = values.compactMap { $0 }
    self.zones = zones
    self.counters = counters
    self.problems = problems
  }
}

/// Whether a meter can be read.
public enum Availability: Sendable, Equatable {
  /// It can.
  case available
  /// It cannot: why, and the command or setting that allows it.
  case unavailable(reason: String, fix: String)
}

/// One quantity over one window.
public struct Reading: Sendable, Equatable {
  /// The metric's name in `Records.Metric`.
  public let metric: String
  /// The value, in the metric's unit; always finite.
  public let value: Double
  /// Half of the 95 % interval of this one value, in the same unit, where the meter can state it.
  public let halfWidth: Double?

  /// Makes a reading; nil when the value or its half-width is not finite, so that no NaN can enter a record.
  public init?(_ metric: String, _ value: Double, halfWidth: Double? = nil) {
    guard value.isFinite, halfWidth?.isFinite ?? true else { return nil }
    self.metric = metric
    self.value = value
    self.halfWidth = halfWidth
  }
}

/// A meter that was available failed.
public struct MeterError: Error, CustomStringConvertible, Sendable {
  /// What failed and what to do.
  public let description: String

  /// Makes an error.
  public init(_ description: String) { self.description = description }
}
