import Records

extension Check {
  /// The watchdog keeps one hardware counter for itself, so that groups of counters no longer fit.
  static let nmiWatchdog = Check(
    id: "W-nmi-watchdog", group: "measuring", title: "NMI watchdog", severity: .warn,
    threshold: "On, on a machine whose counters can be used.", fix: "sudo sysctl kernel.nmi_watchdog=0"
  ) { machine in
    guard KernelSettings.named("nmi_watchdog", files: machine.files) == "1" else { return .fine("off") }
    if machine.asksKernel, case .unusable = machine.hardwareCounters() {
      return .fine("on, and there are no counters to take")
    }
    return .concern("the NMI watchdog holds a hardware counter")
  }
}
