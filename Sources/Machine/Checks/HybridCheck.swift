import Records

extension Check {
  /// With work split evenly, the slowest core sets the pace.
  static let hybrid = Check(
    id: "W-hybrid", group: "machine", title: "core types", severity: .warn,
    threshold: "Usable cores of more than one speed.", fix: "taskset --cpu-list FAST tern …"
  ) { machine in
    let kinds = Dictionary(grouping: machine.topology.usable, by: \.capacity).sorted { $0.key > $1.key }
    guard kinds.count > 1, let fast = kinds.first?.value.map(\.id) else { return .fine("all alike") }
    return .concern(
      "the cores differ in speed: CPUs \(CPUList.format(fast)) are the fast ones, and the slowest sets the pace",
      fix: "taskset --cpu-list \(CPUList.format(fast)) tern …")
  }
}
