import Records

extension Check {
  /// Two threads of one core share its units: a run that is not pinned may double up while cores idle.
  static let smt = Check(
    id: "W-smt", group: "machine", title: "SMT", severity: .warn,
    threshold: "Cores run two threads, and both are usable.",
    fix: "use the pinned placement with one thread per core"
  ) { machine in
    guard let smt = machine.topology.smt else { return .unknown("the kernel does not say") }
    guard smt, machine.cpusUsable.count > machine.coresPhysical else { return .fine(smt ? "one CPU per core" : "off") }
    let pairs = Dictionary(grouping: machine.topology.usable, by: \.core).values.filter { $0.count > 1 }
    let first = pairs.map { $0.map(\.id).sorted() }.min { $0[0] < $1[0] } ?? []
    return .concern(
      "SMT is on: \(machine.cpusUsable.count) CPUs are \(machine.coresPhysical) cores"
        + " (CPUs \(CPUList.format(first)) are one)",
      fix: "use the pinned placement with at most \(machine.coresPhysical) threads"
        + " (or: echo off | sudo tee /sys/devices/system/cpu/smt/control)")
  }
}
