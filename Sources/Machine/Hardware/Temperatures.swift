/// The processor's own temperature sensors (Documentation/hwmon/sysfs-interface.rst).
enum Temperatures {
  /// One sensor.
  struct Reading: Sendable, Equatable {
    let chip: String
    let celsius: Double
    /// Where the processor protects itself by lowering its clock.
    let limitCelsius: Double
    /// Whether the chip names that limit.
    let limitIsNamed: Bool

    /// Degrees below the limit in which it counts as near: control loops of fans and clocks swing by about as much.
    static let nearCelsius = 5.0

    var isAtLimit: Bool { celsius >= limitCelsius }
    var isNearLimit: Bool { celsius > limitCelsius - Self.nearCelsius }

    /// "63 °C of 100 °C (coretemp)".
    var text: String {
      let limit = "\(Percent.decimal(limitCelsius)) °C\(limitIsNamed ? "" : ", the usual limit")"
      return "\(Percent.decimal(celsius)) °C of \(limit) (\(chip))"
    }
  }

  /// Drivers whose sensors lie in the processor: Intel, AMD, AMD out of tree, ARM boards.
  private static let chips: Set<String> = [
    "coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal", "scpi_sensors",
  ]

  /// k10temp names no limit for Zen processors, and AMD states 95 °C for most of them.
  private static let usualLimitCelsius = 95.0

  /// Sensors are read in millidegrees; what lies outside of these is a sensor that is not connected.
  private static let believable = -50_000...200_000

  private static let folder = "/sys/class/hwmon"

  /// The sensor that is nearest to its limit; nil where no chip of a processor shows one.
  static func hottest(files: SystemFiles) -> Reading? {
    readings(files: files).max { $0.celsius - $0.limitCelsius < $1.celsius - $1.limitCelsius }
  }

  /// Every sensor of a processor.
  static func readings(files: SystemFiles) -> [Reading] {
    files.names(in: folder).flatMap { device -> [Reading] in
      guard let chip = files.line("\(folder)/\(device)/name"), chips.contains(chip) else { return [] }
      let inputs = files.names(in: "\(folder)/\(device)").filter { $0.hasPrefix("temp") && $0.hasSuffix("_input") }
      return inputs.compactMap { reading(chip: chip, sensor: "\(folder)/\(device)/\($0.dropLast(6))", files: files) }
    }
  }

  private static func reading(chip: String, sensor: String, files: SystemFiles) -> Reading? {
    guard let celsius = celsius("\(sensor)_input", files: files) else { return nil }
    // coretemp: crit is where the clock is lowered, max is where the fans should be at full speed.
    let named = ["crit", "max"].lazy.compactMap { self.celsius("\(sensor)_\($0)", files: files) }.first { $0 > 0 }
    return Reading(
      chip: chip, celsius: celsius, limitCelsius: named ?? usualLimitCelsius, limitIsNamed: named != nil)
  }

  private static func celsius(_ path: String, files: SystemFiles) -> Double? {
    guard let value = files.integer(path), believable.contains(value) else { return nil }
    return Double(value) / 1000
  }
}
