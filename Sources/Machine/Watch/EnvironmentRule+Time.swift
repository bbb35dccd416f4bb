import Records

/// Rules about CPU time that was not the cell's, and threads that were not where they should be.
extension EnvironmentRule {
  static let throttled = EnvironmentRule(
    id: "W-throttled", severity: .veto,
    threshold:
      "Any period in which the control group's quota was used up: a stopped thread stops all that wait for it.",
    fix: "use fewer threads, or raise the control group's CPU quota"
  ) { change in
    guard let periods = change.throttledPeriods, periods > 0 else { return nil }
    let time = change.throttledNs.map { ", \(Percent.decimal(Double($0) / 1e6)) ms in all" } ?? ""
    return Sight(message: "the CPU quota stopped the process in \(periods) periods\(time)")
  }

  static let steal = EnvironmentRule(
    id: "W-steal", severity: .veto,
    threshold: "More than 0.1 % of the cell's CPU time (note), or 1 % (veto): as much as a change of time that counts.",
    fix: "run again at another time, or on dedicated cores"
  ) { change in
    guard let fraction = change.stealFraction, fraction > 0.001 else { return nil }
    return Sight(
      message: "the hypervisor took \(Percent.text(fraction)) of the cell's CPU time",
      severity: fraction > 0.01 ? .veto : .note)
  }

  static let foreignLoad = EnvironmentRule(
    id: "W-foreign-load", severity: .veto,
    threshold:
      "More than 1 % of the machine's CPU time (warn), or 5 % (veto): no longer the daemons of an idle system.",
    fix: "stop other programs and run the cell again"
  ) { change in
    guard let fraction = change.foreignFraction, fraction > 0.01 else { return nil }
    return Sight(
      message: "other programs used \(Percent.text(fraction)) of the machine's CPU time during the cell",
      severity: fraction > 0.05 ? .veto : .warn)
  }

  static let preempted = EnvironmentRule(
    id: "W-preempted", severity: .warn,
    threshold: "More than 20 switches per second of CPU time: an idle system's kernel threads cause a few.",
    fix: "use fewer threads than CPUs, or the pinned placement, and stop other programs"
  ) { change in
    guard let rate = change.involuntarySwitchesPerSecond, rate > 20 else { return nil }
    return Sight(message: "threads lost their CPU \(Percent.decimal(rate)) times per second of CPU time")
  }

  static let affinity = EnvironmentRule(
    id: "W-affinity", severity: .veto,
    threshold: "A pinned thread may run elsewhere, last ran elsewhere, or shares its CPU with another of the cell.",
    fix: "leave the threads of tern alone (taskset, cgroup managers), and run the cell again"
  ) { change in
    guard let first = change.strayThreads.first else { return nil }
    let more = change.strayThreads.count > 1 ? ", and \(change.strayThreads.count - 1) more" : ""
    return Sight(message: "the threads were not where they were pinned: \(first)\(more)")
  }

  static let migrated = EnvironmentRule(
    id: "W-migrated", severity: .warn, threshold: "Any migration of a cell whose threads are pinned.",
    fix: "leave the threads of tern alone (taskset, cgroup managers)"
  ) { change in
    guard change.isPinned, let count = change.cpuMigrations, count > 0 else { return nil }
    return Sight(message: "pinned threads moved to another CPU \(count) times during the cell")
  }
}
