import Records

extension Check {
  /// Somebody narrowed the choice of CPUs: a thread count above it shares CPUs, and caches may be missing a part.
  static let cpuset = Check(
    id: "W-cpuset", group: "machine", title: "CPU set", severity: .note,
    threshold: "Fewer CPUs may be used than are online: a cpuset or an affinity mask.",
    fix: "taskset --cpu-list 0-LAST tern …, or widen the control group's cpuset.cpus"
  ) { machine in
    let (usable, online) = (machine.cpusUsable, machine.topology.online.map(\.id))
    if let text = machine.topology.unreadableList {
      return .unknown("a list of allowed CPUs could not be read: \(text)")
    }
    guard usable.count < online.count else { return .fine("all \(online.count) CPUs") }
    return .concern(
      "only CPUs \(CPUList.format(usable)) of \(CPUList.format(online)) may be used",
      ["usable_cpus": Double(usable.count), "online_cpus": Double(online.count)])
  }
}
