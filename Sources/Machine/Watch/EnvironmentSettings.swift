/// What of the machine can be set, as it stands: two of them tell what somebody changed in between.
public struct EnvironmentSettings: Sendable, Equatable {
  /// What it is about, "governor of CPU 3", to its text.
  let values: [String: String]

  init(values: [String: String]) { self.values = values }

  /// Reads the settings of these CPUs and of the machine.
  init(machine: Machine, cpus: [Int]) {
    let files = machine.files
    var values: [String: String] = [:]
    for (name, file) in Self.policyFiles {
      for cpu in cpus { values["\(name) of CPU \(cpu)"] = files.line(FrequencyScaling.path(cpu, file)) }
    }
    values["turbo"] = FrequencyScaling.turbo(files: files).map { $0 ? "on" : "off" }
    for (name, path) in Self.machineFiles { values[name] = files.line(path) }
    for name in ["transparent_hugepage", "numa_balancing", "nmi_watchdog", "randomize_va_space", "smt_control"] {
      values[name] = KernelSettings.named(name, files: files)
    }
    values["cpuset"] = ControlGroups(files: files).cpuset.map(CPUList.format)
    values["CPU quota"] = ControlGroups(files: files).cpuQuota.map(Percent.decimal)
    self.values = values
  }

  /// What differs, in words, in the order of the names: "governor of CPU 3 went from performance to powersave".
  ///
  /// What one of the two does not know is not a difference.
  func changes(to later: EnvironmentSettings) -> [String] {
    values.sorted { $0.key < $1.key }.compactMap { name, before in
      guard let after = later.values[name], after != before else { return nil }
      return "\(name) went from \(before) to \(after)"
    }
  }

  private static let policyFiles = [
    ("governor", FrequencyScaling.governorFile), ("frequency limit", FrequencyScaling.limitFile),
    ("energy preference", FrequencyScaling.preferenceFile),
  ]
  private static let machineFiles = [
    ("online CPUs", "/sys/devices/system/cpu/online"),
    ("clock source", "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
  ]
}

extension Machine {
  /// The settings of the usable CPUs and of the machine as they stand, for `EnvironmentWatch` to compare with.
  public func settings() -> EnvironmentSettings { EnvironmentSettings(machine: self, cpus: cpusUsable) }
}
