import Records

extension Check {
  /// A governor other than "performance" lets the clock follow the load, so that short windows run slower.
  static let governor = Check(
    id: "W-governor", group: "frequency", title: "frequency governor", severity: .warn,
    threshold: "Any usable CPU under a governor other than \"performance\".",
    fix: "sudo cpupower frequency-set --governor performance (or: sudo tern tune --apply governor)"
  ) { machine in
    let groups = FrequencyScaling.lines(
      FrequencyScaling.governorFile, cpus: machine.cpusUsable, files: machine.files)
    let count = groups.map(\.cpus.count).reduce(0, +)
    guard count > 0 else { return .unknown("the kernel shows no frequency scaling") }
    let others = groups.filter { $0.text != "performance" }
    if others.isEmpty { return .fine("performance on \(count) CPUs") }
    let list = others.map { "\($0.text) on \($0.cpus.count)" }.joined(separator: ", ")
    return .concern("the frequency governor is not \"performance\": \(list) of \(count) CPUs")
  }
}
