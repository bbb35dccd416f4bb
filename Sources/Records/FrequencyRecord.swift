/// Frequency scaling of the first usable CPU.
public struct FrequencyRecord: Codable, Sendable, Equatable {
  /// The scaling driver: "intel_pstate", "amd-pstate-epp", "acpi-cpufreq".
  public var driver: String?
  /// The governor: "performance", "schedutil" and others.
  public var governor: String?
  /// The lowest frequency that the governor may choose, kHz.
  public var minKhz: Int?
  /// The highest frequency that the governor may choose, kHz.
  public var maxKhz: Int?
  /// Whether turbo or boost is allowed.
  public var turbo: Bool?
  /// The hint given to the hardware: "performance", "balance_power" and others.
  public var energyPerformancePreference: String?

  enum CodingKeys: String, CodingKey {
    case driver, governor, turbo
    case minKhz = "min_khz"
    case maxKhz = "max_khz"
    case energyPerformancePreference = "energy_performance_preference"
  }

  /// Makes a setting.
  public init(
    driver: String? = nil, governor: String? = nil, minKhz: Int? = nil, maxKhz: Int? = nil, turbo: Bool? = nil,
    energyPerformancePreference: String? = nil
  ) {
    self.driver = driver
    self.governor = governor
    self.minKhz = minKhz
    self.maxKhz = maxKhz
    self.turbo = turbo
    self.energyPerformancePreference = energyPerformancePreference
  }
}
