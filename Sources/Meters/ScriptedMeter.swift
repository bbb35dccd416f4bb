import Synchronization

/// A meter for tests: it reads no machine and gives what its script says, window after window.
///
/// Tables, schedules, gates and reports can be tested with it to the last digit, in no time.
/// Make the stack with `overheadWindows: 0`, or its empty windows use the script up.
public final class ScriptedMeter: Meter {
  /// The meter's name in suites and records.
  public let id: String
  /// What is read.
  public let source = "a script"
  /// What the numbers cover.
  public let scope: String? = nil
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil
  /// Windows of the same work, as the test said.
  public let passes: Int
  /// The shortest window, as the test said.
  public let minimumWindowNs: Int

  private let script: [[String: Double]]
  private let answer: Availability
  private let failure: MeterError?
  private let windows = Mutex(0)

  /// Makes a meter.
  ///
  /// - Parameters:
  ///   - script: one element per window, metric name to value; begins again at its end.
  ///   - passes: how many windows of the same work the stack opens; they take the script's elements in turn.
  ///   - minimumWindowNs: what the meter asks of a window.
  ///   - availability: what the meter says of itself.
  ///   - failure: thrown by every start, for tests of what then happens.
  public init(
    id: String = "time", script: [[String: Double]], passes: Int = 1, minimumWindowNs: Int = 0,
    availability: Availability = .available, failure: MeterError? = nil
  ) {
    self.id = id
    self.script = script
    self.passes = passes
    self.minimumWindowNs = minimumWindowNs
    self.answer = availability
    self.failure = failure
  }

  /// How many windows were opened.
  public var windowsOpened: Int { windows.withLock { $0 } }

  /// What the test said.
  public func availability() -> Availability { answer }

  /// Makes the next window of the script ready.
  public func open(pass: Int) throws -> any OpenMeter {
    if let failure { throw failure }
    let window = windows.withLock { count in
      defer { count += 1 }
      return count
    }
    return Window(metrics: script.isEmpty ? [:] : script[window % script.count])
  }

  private final class Window: OpenMeter {
    let metrics: [String: Double]

    init(metrics: [String: Double]) { self.metrics = metrics }

    func begin() {}

    func end() {}

    func readings() -> MeterReadings {
      MeterReadings(metrics.sorted { $0.key < $1.key }.map { Reading($0.key, $0.value) })
    }
  }
}
