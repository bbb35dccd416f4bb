import Records

/// Rules about the clock, heat and power.
extension EnvironmentRule {
  static let suspended = EnvironmentRule(
    id: "W-suspended", severity: .veto,
    threshold: "The machine slept a tenth of a second or more: two clocks that are read in turn tell no less.",
    fix: "keep the machine awake (systemd-inhibit tern …) and run the cell again"
  ) { change in
    guard let ns = change.suspendedNs, ns > 0 else { return nil }
    return Sight(message: "the machine slept for \(Percent.decimal(Double(ns) / 1e9)) s during the cell")
  }

  static let settingsChanged = EnvironmentRule(
    id: "W-settings-changed", severity: .veto,
    threshold:
      "A governor, limit, preference, turbo, CPU set or kernel setting changed in the cell, or since the run began.",
    fix: "stop what changes it (power-profiles-daemon, tuned, thermald) and run again"
  ) { change in
    changed(change.changedSettings, when: "during the cell").map { Sight(message: $0) }
  }

  static let thermal = EnvironmentRule(
    id: "W-thermal", severity: .veto,
    threshold: "Any event of a core's or package's throttle counter: the clock was lowered.",
    fix: "cool the machine, add a cool-down between cells, or use fewer threads"
  ) { change in
    guard let events = change.thermalEvents, events > 0 else { return nil }
    return Sight(message: "heat lowered the clock \(events) times during the cell")
  }

  static let temperature = EnvironmentRule(
    id: "W-temperature", severity: .veto,
    threshold: "A processor's sensor within 5 °C of its limit at the end (warn), or at it (veto).",
    fix: "cool the machine, add a cool-down between cells, or use fewer threads"
  ) { change in
    guard let hottest = change.temperature, hottest.isNearLimit else { return nil }
    return Sight(
      message: "the processor was at \(hottest.text) at the end of the cell",
      severity: hottest.isAtLimit ? .veto : .warn)
  }

  static let powerLimit = EnvironmentRule(
    id: "W-power-limit", severity: .warn,
    threshold: "Mean package power at 98 % or more of the packages' sustained limit: the limit sets the clock.",
    fix: "compare only with runs under the same limit, or use fewer threads"
  ) { change in
    guard let power = change.meanPackagePowerW, let limit = change.powerLimitW, limit > 0, power >= 0.98 * limit else {
      return nil
    }
    return Sight(
      message: "the packages drew \(Percent.decimal(power)) W of the \(Percent.decimal(limit)) W that they are allowed")
  }
}
