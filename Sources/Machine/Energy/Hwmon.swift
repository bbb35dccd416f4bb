import Glibc

/// Sensors of power and energy under hwmon (Documentation/hwmon/sysfs-interface.rst): microwatts and microjoules.
///
/// The chip `power_meter` is the ACPI meter of a server's board and covers the system, if it is the only one. Of the
/// others, Tern knows what they call themselves and not what hangs on them.
struct Hwmon: Sendable {
  static let folder = "/sys/class/hwmon"

  private let files: SystemFiles
  private let packages: Int

  init(machine: Machine) {
    files = machine.files
    packages = max(1, machine.topology.packages)
  }

  /// The ACPI meters, or all others.
  func report(_ source: EnergySource) -> EnergyInventory.Report {
    var report = EnergyInventory.Report(source: source)
    let wanted = chips.filter { ($0.name == "power_meter") == (source == .acpi) }
    report.zones = wanted.flatMap { zones(of: $0, source: source, isOnly: wanted.count == 1) }
    if source == .acpi && wanted.count > 1 {
      report.notes.append("there are \(wanted.count) power meters, and which of them is the system's is not stated")
    }
    if report.zones.isEmpty {
      report.obstacle = EnergyObstacle(
        .absent, reason: source == .acpi ? "no ACPI power meter" : "no hwmon sensor of power or energy",
        fix: source == .acpi ? "sudo modprobe acpi_power_meter (servers)" : "sudo sensors-detect")
    }
    return report
  }

  private struct Chip {
    /// "hwmon3".
    let id: String
    /// "power_meter", "ina226".
    let name: String
    /// Where its files lie.
    let folder: String
  }

  /// Drivers of before the present registration put their files beside the link `device`.
  private var chips: [Chip] {
    files.names(in: Self.folder).filter { $0.hasPrefix("hwmon") }.sorted { first, second in
      (first.utf8.count, first) < (second.utf8.count, second)
    }.compactMap { id in
      ["\(Self.folder)/\(id)", "\(Self.folder)/\(id)/device"].lazy.compactMap { folder in
        files.line("\(folder)/name").map { Chip(id: id, name: $0, folder: folder) }
      }.first
    }
  }

  private func zones(of chip: Chip, source: EnergySource, isOnly: Bool) -> [EnergyZone] {
    let names = files.names(in: chip.folder)
    let counters = names.filter { Self.isSensor($0, kind: "energy", endings: ["_input"]) }
    // A driver that gives the power of the moment and the mean of an interval gives one power.
    let momentary = names.filter { Self.isSensor($0, kind: "power", endings: ["_input"]) }
    let averages = names.filter { name in
      Self.isSensor(name, kind: "power", endings: ["_average"])
        && !momentary.contains(name.replacing("_average", with: "_input"))
    }
    let domain: EnergyDomain = source == .acpi && isOnly ? .system : .rail
    return counters.map { counter($0, chip, source, domain) }
      + (momentary + averages).map { power($0, chip, source, domain) }
  }

  /// "power12_input": the kind, a number, an ending.
  private static func isSensor(_ name: String, kind: String, endings: [String]) -> Bool {
    guard name.hasPrefix(kind), let ending = endings.first(where: { name.hasSuffix($0) }) else { return false }
    let number = name.dropFirst(kind.count).dropLast(ending.count)
    return !number.isEmpty && number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private func counter(_ file: String, _ chip: Chip, _ source: EnergySource, _ domain: EnergyDomain) -> EnergyZone {
    let path = "\(chip.folder)/\(file)"
    let sensor = String(file.dropLast("_input".count))
    let label = files.line("\(chip.folder)/\(sensor)_label")
    var zone = EnergyZone(
      source: source, id: "\(chip.id)/\(sensor)", name: [chip.name, label].compactMap { $0 }.joined(separator: " "),
      domain: Self.domain(chip: chip.name, label: label) ?? domain,
      channel: .counter(path: files.place(path)), unit: EnergyZone.micro, quantum: EnergyZone.micro,
      maxPowerW: maxPowerW)
    zone.intervalNs = intervalNs(sensor: sensor, chip)
    zone.obstacle = obstacle(path)
    return zone
  }

  /// The out-of-tree driver amd_energy counts sockets and cores.
  private static func domain(chip: String, label: String?) -> EnergyDomain? {
    guard chip == "amd_energy", let label else { return nil }
    return label.hasPrefix("Esocket") ? .package : label.hasPrefix("Ecore") ? .core : nil
  }

  private func power(_ file: String, _ chip: Chip, _ source: EnergySource, _ domain: EnergyDomain) -> EnergyZone {
    let path = "\(chip.folder)/\(file)"
    let sensor = String(file.prefix { $0 != "_" })
    let label = files.line("\(chip.folder)/\(sensor)_label")
    var zone = EnergyZone(
      source: source, id: "\(chip.id)/\(sensor)", name: [chip.name, label].compactMap { $0 }.joined(separator: " "),
      domain: domain, channel: .power(path: files.place(path)), unit: EnergyZone.micro, quantum: EnergyZone.micro,
      maxPowerW: maxPowerW)
    zone.intervalNs = intervalNs(sensor: sensor, chip)
    zone.relativeError = accuracy(sensor: sensor, chip)
    zone.obstacle = obstacle(path)
    return zone
  }

  private var maxPowerW: Double { EnergyZone.packageMaxPowerW * Double(packages + 1) }

  /// `powerN_average_interval`, or else the chip's `update_interval`; both are in milliseconds.
  private func intervalNs(sensor: String, _ chip: Chip) -> Int? {
    let files = ["\(chip.folder)/\(sensor)_average_interval", "\(chip.folder)/update_interval"]
    let longest = 60_000  // A minute: beyond it, nothing that is measured here would fill an interval.
    return files.lazy.compactMap { self.files.integer($0) }.first { (1...longest).contains($0) }.map { $0 * 1_000_000 }
  }

  /// `powerN_accuracy` is a percentage, "95.0%", of how right the meter is.
  private func accuracy(sensor: String, _ chip: Chip) -> Double? {
    guard let line = files.line("\(chip.folder)/\(sensor)_accuracy"), line.hasSuffix("%") else { return nil }
    guard let percent = Fields.number(line.dropLast()), (0...100).contains(percent) else { return nil }
    return (100 - percent) / 100
  }

  private func obstacle(_ path: String) -> EnergyObstacle? {
    switch files.read(path) {
    case .success(let text) where Powercap.counts(text) != nil: nil
    case .success:
      EnergyObstacle(.driver, reason: "\(path) does not give a number", fix: "see dmesg for the sensor's driver")
    case .failure(FileRefusal(number: EACCES)), .failure(FileRefusal(number: EPERM)):
      EnergyObstacle(.permission, reason: "\(path) may be read by root only", fix: "sudo chmod a+r \(path)")
    case .failure(let refusal):
      EnergyObstacle(
        .driver, reason: "\(path) answers \(String(cString: strerror(refusal.number))) (errno \(refusal.number))",
        fix: "see dmesg for the sensor's driver")
    }
  }
}
