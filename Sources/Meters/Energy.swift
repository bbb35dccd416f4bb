import Machine

/// Energy counters of the CPU packages (RAPL), as far as to say whether they can be read.
///
/// This version does not read them. An estimate never takes their place: `EstimatedEnergy` has its own fields.
public struct Energy: Meter {
  /// The meter's name in suites and records.
  public let id = "energy"
  /// What is read.
  public let source = "powercap intel-rapl"
  /// What the numbers cover.
  public let scope: String? = "package"
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil

  private let machine: Machine

  /// Makes the meter.
  public init(machine: Machine) { self.machine = machine }

  /// Never available: the machine's reason and fix, or that reading them is not built.
  public func availability() -> Availability { Availability(notBuilt: "package energy", machine.packageEnergy()) }

  /// Always throws.
  public func open(pass: Int) throws -> any OpenMeter { throw MeterError("this version does not read package energy") }
}
