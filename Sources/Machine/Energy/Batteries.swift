/// Batteries (Documentation/ABI/testing/sysfs-class-power): what the machine takes while it runs on them.
struct Batteries: Sendable {
  static let folder = "/sys/class/power_supply"

  private let files: SystemFiles

  init(machine: Machine) { files = machine.files }

  /// Every battery, or that there is none.
  var report: EnergyInventory.Report {
    var report = EnergyInventory.Report(source: .battery)
    report.zones = files.names(in: Self.folder).filter(isBattery).map(zone)
    if report.zones.isEmpty {
      report.obstacle = EnergyObstacle(.absent, reason: "no battery", fix: "nothing has to be changed")
    }
    return report
  }

  /// Supplies of peripherals (a mouse's battery) say so in `scope`.
  private func isBattery(_ name: String) -> Bool {
    let folder = "\(Self.folder)/\(name)"
    let type = files.line("\(folder)/type")
    return (type == "Battery" || (type == nil && name.hasPrefix("BAT"))) && files.line("\(folder)/scope") != "Device"
  }

  private func zone(_ name: String) -> EnergyZone {
    let folder = "\(Self.folder)/\(name)"
    func path(_ file: String) -> String? {
      files.exists("\(folder)/\(file)") ? files.place("\(folder)/\(file)") : nil
    }
    let status = "\(folder)/status"
    var zone = EnergyZone(
      source: .battery, id: name, name: name, domain: .battery,
      channel: .battery(
        status: files.place(status), power: path("power_now"), current: path("current_now"),
        voltage: path("voltage_now")),
      unit: EnergyZone.micro, quantum: EnergyZone.micro, maxPowerW: EnergyZone.packageMaxPowerW)
    zone.obstacle = obstacle(
      name, state: files.line(status),
      hasPower: path("power_now") != nil || (path("current_now") != nil && path("voltage_now") != nil))
    return zone
  }

  private func obstacle(_ name: String, state: String?, hasPower: Bool) -> EnergyObstacle? {
    guard hasPower else {
      return EnergyObstacle(
        .absent, reason: "\(name) gives neither its power nor its current and voltage",
        fix: "put a wall meter on the machine")
    }
    if state == "Discharging" { return nil }
    return EnergyObstacle(
      .idle, reason: "\(name) does not discharge (\(state ?? "its state is not known")): the machine runs on the mains",
      fix: "unplug the power supply to measure by battery")
  }
}

/// The board's management controller.
///
/// DCMI's power reading has a step of 1 W and an averaging time of the controller's own. Tern finds the controller and
/// does not ask it: the request could not be proven right on any machine that its tests can have.
struct ManagementController: Sendable {
  private let files: SystemFiles

  init(machine: Machine) { files = machine.files }

  /// The controller, found and not read; or that there is none.
  var report: EnergyInventory.Report {
    var report = EnergyInventory.Report(source: .ipmi)
    guard let device = ["/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0"].first(where: { files.exists($0) }) else {
      report.obstacle = EnergyObstacle(.absent, reason: "no IPMI device", fix: "sudo modprobe ipmi_devintf (servers)")
      return report
    }
    var zone = EnergyZone(
      source: .ipmi, id: device, name: "DCMI power reading", domain: .system, channel: .none, unit: 1, quantum: 1,
      maxPowerW: EnergyZone.packageMaxPowerW)
    zone.obstacle = EnergyObstacle(
      .notRead, reason: "there is a management controller at \(device), and Tern does not read its DCMI power",
      fix: "sudo ipmitool dcmi power reading shows it; sudo modprobe acpi_power_meter may give it through hwmon")
    report.zones = [zone]
    return report
  }
}
