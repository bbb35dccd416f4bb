import Machine

/// Hardware performance counters. This version finds out whether they could be read, and does not read them.
public struct Counters: Meter {
  public let id = "counters"
  public let source = "perf_event_open(PERF_TYPE_HARDWARE)"
  public let scope: String? = "threads of the run"
  public let resolutionNs: Int? = nil

  private let machine: Machine

  /// Makes the meter.
  public init(machine: Machine) { self.machine = machine }

  /// Never available: the machine's reason and fix, or that reading them is not built.
  public func availability() -> Availability {
    Availability(notBuilt: "hardware counters", machine.hardwareCounters())
  }

  /// Always throws.
  public func start() throws -> any RunningMeter { throw MeterError("this version does not read hardware counters") }
}
