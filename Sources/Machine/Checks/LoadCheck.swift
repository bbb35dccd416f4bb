import Records

extension Check {
  /// Others that keep a tenth of the machine busy move a decode by about as much, and change from run to run.
  static let load = Check(
    id: "W-load", group: "machine", title: "load", severity: .warn,
    threshold: "A one-minute load average above 10 % of the CPUs online, and above 0.5.",
    fix: "stop it, or wait a minute after a build"
  ) { machine in
    guard let load = machine.loadAverage1m() else { return .unknown("/proc/loadavg does not say") }
    let cpus = machine.topology.online.count
    let seen = "load average \(Percent.decimal(load)) on \(cpus) CPUs"
    let measured = ["load_average_1m": load]
    // One runnable thing now and then is the person at the keyboard, whatever the size of the machine.
    guard load > max(0.5, 0.1 * Double(cpus)) else { return .fine(seen, measured) }
    return .concern("other work is running: \(seen)", measured)
  }
}
