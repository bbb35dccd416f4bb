/// The energy of one zone of one source over one window: what the sums of a sample were made of.
public struct EnergyZoneRecord: Codable, Sendable, Equatable {
  /// The source that was read: "powercap", "perf", "hwmon", "acpi", "battery", "ipmi".
  public var source: String
  /// The source's own id of the zone: "intel-rapl:0:1", "energy-pkg/cpu0", "hwmon3/power1".
  public var zone: String
  /// What the zone calls itself, with the CPU that it covers where it covers one: "package-0", "core (CPU 0 alone)".
  public var name: String
  /// What it covers: "package", "dram", "core", "uncore", "psys", "system", "rail", "battery".
  public var domain: String
  /// Joules of the window.
  public var energyJ: Double
  /// Half of the 95 % interval, from the source's step and update interval.
  public var halfWidthJ: Double

  enum CodingKeys: String, CodingKey {
    case source, zone, name, domain
    case energyJ = "energy_j"
    case halfWidthJ = "half_width_j"
  }

  /// Makes a reading.
  public init(source: String, zone: String, name: String, domain: String, energyJ: Double, halfWidthJ: Double) {
    self.source = source
    self.zone = zone
    self.name = name
    self.domain = domain
    self.energyJ = energyJ
    self.halfWidthJ = halfWidthJ
  }
}
