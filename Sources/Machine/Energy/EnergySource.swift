/// Where an energy can be read from, the preferred one first.
public enum EnergySource: String, Sendable, Codable, CaseIterable {
  /// The processor's counters (RAPL) in the powercap tree: microjoules, with a range that tells a wrap.
  case powercap
  /// The same counters through the perf PMUs `power` and `power_core`.
  case perf
  /// The ACPI power meter of a server's board.
  case acpi
  /// Sensors of power and energy on boards and devices.
  case hwmon
  /// The battery, while it discharges.
  case battery
  /// The board's management controller (IPMI DCMI).
  case ipmi
}

/// What an energy covers.
public enum EnergyDomain: String, Sendable, Codable, CaseIterable {
  /// A processor package; holds its cores and what is beside them.
  case package
  /// The memory that a package meters.
  case dram
  /// The cores of a package, or one of them; a part of the package.
  case core
  /// What is beside the cores, graphics mostly; a part of the package.
  case uncore
  /// The platform as the processor meters it; holds the package.
  case psys
  /// The whole system as its board meters it.
  case system
  /// One supply of the board, of which Tern does not know what hangs on it.
  case rail
  /// What a battery gives.
  case battery
}

/// Why an energy cannot be read.
public struct EnergyObstacle: Sendable, Equatable, Error {
  /// The kind of obstacle.
  public enum Cause: String, Sendable, Codable {
    /// It is there, and this user may not read it.
    case permission
    /// It is there, and a container hides it.
    case masked
    /// This machine has none, or its driver is not loaded.
    case absent
    /// A hypervisor does not pass it on.
    case virtualMachine = "vm"
    /// The driver answers with an error, or with what is not a number.
    case driver
    /// The CPU that would read it is offline, or the device is gone.
    case offline
    /// The counter answers and does not move.
    case still
    /// It is not of use now: a battery that charges.
    case idle
    /// Tern does not read it.
    case notRead = "not-read"
  }

  /// The kind.
  public let cause: Cause
  /// Why, in a sentence.
  public let reason: String
  /// The command or setting that changes it.
  public let fix: String

  /// Makes an obstacle.
  public init(_ cause: Cause, reason: String, fix: String) {
    self.cause = cause
    self.reason = reason
    self.fix = fix
  }
}
