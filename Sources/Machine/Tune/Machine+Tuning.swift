extension Machine {
  /// Everything that `tern tune` speaks of, in the order in which it is set.
  ///
  /// The energy preference comes before the governor, because a driver that follows the governor refuses the preference
  /// while that is "performance"; restoring goes the other way.
  public func tuneSettings() -> [TuneSetting] {
    [
      energyPreference, governor, turbo, nmiWatchdog, numaBalancing, perfParanoid, hugePages, energyCounters, smt,
      addressRandomization,
    ]
  }

  private var energyPreference: TuneSetting {
    policySetting(
      id: "epp", title: "energy preference", file: FrequencyScaling.preferenceFile,
      offered: "energy_performance_available_preferences", absent: "not a matter of this driver",
      reason: "Where the hardware sets the clock, this tells it to be fast and not thrifty.")
  }

  private var governor: TuneSetting {
    policySetting(
      id: "governor", title: "frequency governor", file: FrequencyScaling.governorFile,
      offered: "scaling_available_governors", absent: "the kernel shows no frequency scaling",
      reason: "A clock that follows the load runs short windows slower than long ones.")
  }

  /// A policy's file on every CPU online, to be "performance" where the driver offers that.
  private func policySetting(
    id: String, title: String, file: String, offered: String, absent: String, reason: String
  ) -> TuneSetting {
    let wanted = "performance"
    var isRefused = false
    let places = topology.online.compactMap { cpu -> TuneSetting.Place? in
      let path = FrequencyScaling.path(cpu.id, file)
      guard files.exists(path) else { return nil }
      let choices = files.line(FrequencyScaling.path(cpu.id, offered))?.split(separator: " ")
      if let choices, !choices.contains(Substring(wanted)) {
        isRefused = true
        return nil
      }
      return place(path, wanted: wanted)
    }
    return TuneSetting(
      id: id, title: title, reason: reason, places: places,
      note: isRefused ? "the driver does not offer \"\(wanted)\"" : absent)
  }

  private var turbo: TuneSetting {
    let switches = [(FrequencyScaling.noTurboPath, "1"), (FrequencyScaling.boostPath, "0")]
    return TuneSetting(
      id: "turbo", title: "turbo", reason: "Its clock depends on heat and on how many cores are busy.",
      places: switches.filter { files.exists($0.0) }.map { place($0.0, wanted: $0.1) },
      note: "the kernel has no switch for it")
  }

  private var nmiWatchdog: TuneSetting {
    kernelSetting(
      "nmi_watchdog", id: "nmi-watchdog", title: "NMI watchdog", wanted: "0", reason: "It holds a hardware counter.")
  }

  private var numaBalancing: TuneSetting {
    let reason = "It unmaps and moves pages while they are read."
    guard NUMANodes.ids(files: files).count > 1 else {
      return TuneSetting(id: "numa-balancing", title: "NUMA balancing", reason: reason, note: "one node: no effect")
    }
    return kernelSetting(
      "numa_balancing", id: "numa-balancing", title: "NUMA balancing", wanted: "0", reason: reason)
  }

  private var perfParanoid: TuneSetting {
    let level = KernelSettings.named("perf_event_paranoid", files: files).flatMap { Fields.integer($0) }
    return kernelSetting(
      "perf_event_paranoid", id: "perf-paranoid", title: "perf_event_paranoid", wanted: "\(min(level ?? 0, 0))",
      reason: "Above 0, users may not count events of whole CPUs, which energy is; above 1, none of the kernel.")
  }

  private var hugePages: TuneSetting {
    let current = KernelSettings.named("transparent_hugepage", files: files)
    return kernelSetting(
      "transparent_hugepage", id: "thp", title: "transparent huge pages",
      wanted: current == "always" ? "always" : "madvise",
      reason: "Weights ask for huge pages, and get small ones while the setting is \"never\".")
  }

  private var energyCounters: TuneSetting {
    let folder = "/sys/class/powercap"
    let counters = files.names(in: folder).filter { $0.hasPrefix("intel-rapl") && $0.contains(":") }
      .map { "\(folder)/\($0)/energy_uj" }.filter { files.exists($0) }
    let places = counters.map { path -> TuneSetting.Place in
      let mode = files.mode(path)
      return TuneSetting.Place(
        path: path, current: mode.map(Self.octal), wanted: Self.octal((mode ?? 0o400) | 0o444))
    }
    return TuneSetting(
      id: "energy", title: "energy counters", reason: "They may be read by root alone since CVE-2020-8694.",
      kind: .mode, places: places, note: "the kernel shows none")
  }

  private var smt: TuneSetting {
    let current = KernelSettings.named("smt_control", files: files) ?? "not shown"
    return TuneSetting(
      id: "smt", title: "SMT",
      reason: "Switching it takes CPUs away from everybody; the pinned placement leaves the second threads idle.",
      note: "\(current); never set by tern")
  }

  private var addressRandomization: TuneSetting {
    let current = KernelSettings.named("randomize_va_space", files: files) ?? "not shown"
    return TuneSetting(
      id: "aslr", title: "address randomisation",
      reason: "It turns the luck of one memory layout into a spread that intervals show; it stays on.",
      note: "\(current); never set by tern")
  }

  private func kernelSetting(
    _ name: String, id: String, title: String, wanted: String, reason: String
  ) -> TuneSetting {
    let path = KernelSettings.paths.first { $0.name == name }?.path
    let places = path.flatMap { files.exists($0) ? place($0, wanted: wanted) : nil }.map { [$0] } ?? []
    return TuneSetting(id: id, title: title, reason: reason, places: places, note: "not in this kernel")
  }

  private func place(_ path: String, wanted: String) -> TuneSetting.Place {
    TuneSetting.Place(path: path, current: KernelSettings.value(at: path, files: files), wanted: wanted)
  }

  /// "0444".
  static func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
