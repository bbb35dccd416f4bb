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

  /// Opens a window.
  public func start() throws -> any RunningMeter {
    guard let usage = ResourceUsage.now() else { throw MeterError("getrusage failed with errno \(errno)") }
    return Running(usage: usage)
  }

  private struct Running: RunningMeter {
    let usage: ResourceUsage

    func stop() -> [Reading] {
      guard let end = ResourceUsage.now() else { return [] }
      let switches = end - usage
      return [
        Reading("context_switches_voluntary", Double(switches.voluntarySwitches)),
        Reading("context_switches_involuntary", Double(switches.involuntarySwitches)),
      ].compactMap { $0 }
    }
  }
}
