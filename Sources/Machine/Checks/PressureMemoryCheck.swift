import Records

extension Check {
  /// A machine that reclaims memory evicts what a run has in its caches, and steals its CPUs to do so.
  static let pressureMemory = Check(
    id: "W-pressure-memory", group: "memory", title: "memory pressure", severity: .warn,
    threshold: "Some task waited for memory in more than 1 % of the last ten seconds: an idle system never does.",
    fix: "close other programs, or raise the control group's limit"
  ) { machine in
    verdict(Pressure.read("memory", files: machine.files), key: "pressure_memory_fraction", above: 0.01) {
      "tasks waited for memory in \($0) of the last ten seconds"
    }
  }
}
