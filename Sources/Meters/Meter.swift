import Records

/// Something that can watch a window of time and say what it saw.
///
/// A meter knows nothing of models. Start to stop is one window; the readings cover exactly that window.
public protocol Meter: Sendable {
  /// A stable name, as in `MeterCatalog.ids`: "time", "cpu", "memory".
  var id: String { get }
  /// What is read, in words, for the record: "CLOCK_MONOTONIC_RAW", "getrusage(RUSAGE_SELF)".
  var source: String { get }
  /// What the numbers cover: "process", "thread", "package".
  var scope: String? { get }
  /// The smallest step of the source in nanoseconds, for clocks.
  var resolutionNs: Int? { get }
  /// Whether it can be read here and now, and if not, the true reason and the fix in words.
  func availability() -> Availability
  /// Opens a window. Throws `MeterError` when an available meter fails all the same.
  func start() throws -> any RunningMeter
}

/// A window that is open.
public protocol RunningMeter {
  /// Closes the window. A quantity that turned out not to be readable is left out, never zero.
  func stop() -> [Reading]
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

  /// Makes a reading; nil when the value is not finite, so that no NaN can enter a record.
  public init?(_ metric: String, _ value: Double) {
    guard value.isFinite else { return nil }
    self.metric = metric
    self.value = value
  }
}

/// A meter that was available failed.
public struct MeterError: Error, CustomStringConvertible, Sendable {
  /// What failed and what to do.
  public let description: String

  /// Makes an error.
  public init(_ description: String) { self.description = description }
}
