import Glibc

/// Context switches of the process, all threads.
public struct Scheduling: Meter {
  /// The meter's name in suites and records.
  public let id = "scheduling"
  /// What is read.
  public let source = "getrusage(RUSAGE_SELF)"
  /// What the numbers cover.
  public let scope: String? = "process"
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil

  /// Makes the meter.
  public init() {}

  /// Always available.
  public func availability() -> Availability { .available }

  /// Makes a window ready.
  public func open(pass: Int) -> any OpenMeter { Window() }

  private final class Window: OpenMeter {
    var before: ResourceUsage?, after: ResourceUsage?

    func begin() throws {
      before = ResourceUsage.now()
      if before == nil { throw MeterError("getrusage failed with errno \(errno)") }
    }

    func end() { after = ResourceUsage.now() }

    func readings() -> MeterReadings {
      guard let before, let after else { return MeterReadings() }
      let switches = after - before
      return MeterReadings([
        Reading("context_switches_voluntary", Double(switches.voluntarySwitches)),
        Reading("context_switches_involuntary", Double(switches.involuntarySwitches)),
      ])
    }
  }
}
