extension Check {
  /// Two threads of one core share its units: a run that is not pinned may double up while cores idle.
  static let smt = Check(
    id: "W-smt", group: "machine", title: "SMT", threshold: "Cores run two threads, and both are usable."
  ) { machine in
    guard let smt = machine.topology.smt else { return .unknown("the kernel does not say") }
    guard smt, machine.cpusUsable.count > machine.coresPhysical else { return .fine(smt ? "one CPU per core" : "off") }
    return .concern(
      "SMT is on: \(machine.cpusUsable.count) CPUs are \(machine.coresPhysical) cores",
      fix: "use the pinned placement with at most \(machine.coresPhysical) threads"
        + " (or: echo off | sudo tee /sys/devices/system/cpu/smt/control)")
  }
}
