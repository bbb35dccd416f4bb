/// The metrics of one energy, which bear the name of what it covers: `energy_package_j`, `energy_package_j_per_token`,
/// `power_package_w`.
public enum EnergyMetric: String, Sendable, CaseIterable {
  /// All CPU packages.
  case package
  /// Package and memory together.
  case cpuMem = "cpu_mem"
  /// The memory that the packages meter.
  case dram
  /// The platform as the processor meters it.
  case psys
  /// The whole system, by a power meter of the board.
  case system
  /// What the battery gives.
  case battery

  /// The domains that can stand for a whole run in a table, the one most often published first.
  public static let headlines: [EnergyMetric] = [.package, .psys, .system, .battery]

  /// Gross joules of a window.
  public var energy: String { "energy_\(rawValue)_j" }
  /// Joules above idle.
  public var net: String { "energy_\(rawValue)_net_j" }
  /// Gross joules per token.
  public var perToken: String { "energy_\(rawValue)_j_per_token" }
  /// Net joules per token.
  public var netPerToken: String { "energy_\(rawValue)_net_j_per_token" }
  /// Mean power.
  public var power: String { "power_\(rawValue)_w" }

  /// In words: "package", "package and memory".
  public var title: String {
    switch self {
    case .package: "package"
    case .cpuMem: "package and memory"
    case .dram: "memory"
    case .psys: "platform"
    case .system: "system"
    case .battery: "battery"
    }
  }
}
