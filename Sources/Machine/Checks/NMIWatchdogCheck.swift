extension Check {
  /// The watchdog keeps one hardware counter for itself, so that groups of counters no longer fit.
  static let nmiWatchdog = Check(
    id: "W-nmi-watchdog", group: "measuring", title: "NMI watchdog",
    threshold: "On, on a machine whose counters can be used."
  ) { machine in
    guard KernelSettings.named("nmi_watchdog", files: machine.files) == "1" else { return .fine("off") }
    guard case .usable = machine.hardwareCounters() else { return .fine("on, and there are no counters to take") }
    return .concern("the NMI watchdog holds a hardware counter", fix: "sudo sysctl kernel.nmi_watchdog=0")
  }
}
