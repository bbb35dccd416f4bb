import Records

extension Check {
  /// The scheduler leaves isolated CPUs alone: threads that are not pinned all stay on the one where they began.
  static let isolatedCPUs = Check(
    id: "W-isolated-cpus", group: "machine", title: "isolated CPUs", severity: .note,
    threshold: "CPUs are isolated from the scheduler (isolcpus=), used or unused.",
    fix: "pin to them: taskset --cpu-list LIST tern … with placement pinned"
  ) { machine in
    guard let isolated = machine.files.cpus("/sys/devices/system/cpu/isolated") else {
      return .unknown("the kernel does not list isolated CPUs")
    }
    guard !isolated.isEmpty else { return .fine("none") }
    let list = CPUList.format(isolated)
    let used = Set(isolated).intersection(machine.cpusUsable)
    if used.isEmpty {
      return .concern(
        "CPUs \(list) are isolated from the scheduler, quieter than the others, and not in use",
        fix: "taskset --cpu-list \(list) tern … with placement pinned")
    }
    return .concern(
      "CPUs \(list) are isolated: threads of placement free do not spread over them", fix: "use placement pinned")
  }
}
