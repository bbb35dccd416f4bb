import Records

/// A threshold on what disturbed a cell.
struct EnvironmentRule: Sendable {
  /// Stable, as in `--allow W-steal`.
  let id: String
  /// When it speaks up and why there, in a sentence.
  let threshold: String
  /// What to do about it.
  let fix: String
  /// What was seen, in a sentence; nil below the threshold, or when it is not known.
  let look: @Sendable (EnvironmentChange) -> String?

  func warning(about change: EnvironmentChange) -> WarningRecord? {
    look(change).map { WarningRecord(id: id, message: $0, fix: fix) }
  }

  /// Every rule, the ones that spoil a cell most first.
  static let all = [suspended, throttled, thermal, steal, foreignLoad, preempted]

  private static let suspended = EnvironmentRule(
    id: "W-suspended", threshold: "A tenth of a second or more: two clocks that are read in turn tell no less.",
    fix: "keep the machine awake (systemd-inhibit tern …) and run the cell again"
  ) { change in
    guard let ns = change.suspendedNs, ns > 0 else { return nil }
    return "the machine slept for \(Percent.decimal(Double(ns) / 1e9)) s during the cell"
  }

  private static let throttled = EnvironmentRule(
    id: "W-throttled", threshold: "Any: a stopped thread stops all that wait for it.",
    fix: "use fewer threads, or raise the control group's CPU quota"
  ) { change in
    guard let periods = change.throttledPeriods, periods > 0 else { return nil }
    let time = change.throttledNs.map { ", \(Percent.decimal(Double($0) / 1e6)) ms in all" } ?? ""
    return "the CPU quota stopped the process in \(periods) periods\(time)"
  }

  private static let thermal = EnvironmentRule(
    id: "W-thermal", threshold: "Any: the clock was lowered.",
    fix: "cool the machine, add a cool-down between cells, or use fewer threads"
  ) { change in
    guard let events = change.thermalEvents, events > 0 else { return nil }
    return "heat lowered the clock \(events) times during the cell"
  }

  private static let steal = EnvironmentRule(
    id: "W-steal", threshold: "More than 1 %: as much as the margin at which a change of time is called one.",
    fix: "run again at another time, or on dedicated cores"
  ) { change in
    guard let fraction = change.stealFraction, fraction > 0.01 else { return nil }
    return "the hypervisor took \(Percent.text(fraction)) of the cell's CPU time"
  }

  private static let foreignLoad = EnvironmentRule(
    id: "W-foreign-load", threshold: "More than 5 % of the machine: no longer the daemons of an idle system.",
    fix: "stop other programs and run the cell again"
  ) { change in
    guard let fraction = change.foreignFraction, fraction > 0.05 else { return nil }
    return "other programs used \(Percent.text(fraction)) of the machine's CPU time during the cell"
  }

  private static let preempted = EnvironmentRule(
    id: "W-preempted", threshold: "More than 20 per second of CPU time: an idle system's kernel threads cause a few.",
    fix: "use fewer threads than CPUs, or the pinned placement, and stop other programs"
  ) { change in
    guard let rate = change.involuntarySwitchesPerSecond, rate > 20 else { return nil }
    return "threads lost their CPU \(Percent.decimal(rate)) times per second of CPU time"
  }
}
