import Records

extension Check {
  /// A quota below the number of usable CPUs stops all threads for the rest of each period once it is used up.
  static let cpuQuota = Check(
    id: "W-cpu-quota", group: "machine", title: "CPU quota", severity: .warn,
    threshold: "The control group's quota is less than the usable CPUs.",
    fix: "use fewer threads than the quota has CPUs, or raise it"
  ) { machine in
    guard let quota = ControlGroups(files: machine.files).cpuQuota else { return .fine("none") }
    let usable = machine.cpusUsable.count
    let text = Percent.decimal(quota)
    let measured = ["quota_cpus": quota]
    guard quota < Double(usable) else { return .fine("\(text) CPUs, \(usable) usable", measured) }
    return .concern(
      "the control group allows \(text) CPUs' worth of time on \(usable) CPUs: threads will be throttled",
      fix: "use at most \(max(1, Int(quota))) threads, or raise the quota (docker run --cpus=\(usable))", measured)
  }
}
