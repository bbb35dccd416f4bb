import Machine

/// Hardware performance counters, as far as to say whether they can be read.
///
/// This version does not read them.
public struct Counters: Meter {
  /// The meter's name in suites and records.
  public let id = "counters"
  /// What is read.
  public let source = "perf_event_open(PERF_TYPE_HARDWARE)"
  /// What the numbers cover.
  public let scope: String? = "threads of the run"
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil

  private let machine: Machine

  /// Makes the meter.
  public init(machine: Machine) { self.machine = machine }

  /// Never available: the machine's reason and fix, or that reading them is not built.
  public func availability() -> Availability {
    Availability(notBuilt: "hardware counters", machine.hardwareCounters())
  }

  /// Always throws.
  public func open(pass: Int) throws -> any OpenMeter {
    throw MeterError("this version does not read hardware counters")
  }
}
