import Records

extension Check {
  /// On battery, firmware and desktop lower the power limits without saying so.
  static let battery = Check(
    id: "W-battery", group: "frequency", title: "power supply", severity: .warn,
    threshold: "A battery reports that it discharges.", fix: "plug it in"
  ) { machine in
    let folder = "/sys/class/power_supply"
    let states = machine.files.names(in: folder).compactMap { machine.files.line("\(folder)/\($0)/status") }
    guard !states.isEmpty else { return .fine("no battery") }
    guard states.contains("Discharging") else { return .fine("not on battery") }
    return .concern("the machine runs on battery: power limits are lower")
  }
}
