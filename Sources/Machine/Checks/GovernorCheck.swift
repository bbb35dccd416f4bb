extension Check {
  /// A governor other than "performance" lets the clock follow the load, so that short windows run slower.
  static let governor = Check(
    id: "W-governor", group: "frequency", title: "frequency governor",
    threshold: "Any usable CPU under a governor other than \"performance\"."
  ) { machine in
    let governors = machine.cpusUsable.compactMap { FrequencyScaling(cpu: $0, files: machine.files).governor }
    guard !governors.isEmpty else { return .unknown("the kernel shows no frequency scaling") }
    let others = Dictionary(grouping: governors.filter { $0 != "performance" }) { $0 }
    if others.isEmpty { return .fine("performance on \(governors.count) CPUs") }
    let list = others.sorted { $0.key < $1.key }.map { "\($0.key) on \($0.value.count)" }.joined(separator: ", ")
    return .concern(
      "the frequency governor is not \"performance\": \(list) of \(governors.count) CPUs",
      fix: "sudo cpupower frequency-set --governor performance"
        + " (or: echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor)")
  }
}
