import Machine

/// Energy counters of the CPU packages (RAPL). This version finds out whether they could be read, and does not read
/// them. An estimate never takes their place: see `EstimatedEnergy`, which has its own fields.
public struct Energy: Meter {
  public let id = "energy"
  public let source = "powercap intel-rapl"
  public let scope: String? = "package"
  public let resolutionNs: Int? = nil

  private let machine: Machine

  /// Makes the meter.
  public init(machine: Machine) { self.machine = machine }

  /// Never available: the machine's reason and fix, or that reading them is not built.
  public func availability() -> Availability { Availability(notBuilt: "package energy", machine.packageEnergy()) }

  /// Always throws.
  public func start() throws -> any RunningMeter { throw MeterError("this version does not read package energy") }
}
