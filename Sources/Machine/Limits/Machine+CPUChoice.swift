extension Machine {
  /// The CPUs of a list such as "0-3,8" in ascending order, all of which may be used here.
  ///
  /// Throws `CPUChoiceError` naming what is wrong: text that is not a list, CPUs that this machine does not have, that
  /// are offline, or that the control group's cpuset or the affinity of the process does not allow.
  public func cpus(inList text: String) throws -> [Int] {
    guard let cpus = CPUList.parse(text) else {
      throw CPUChoiceError("\"\(text)\" is not a list of CPUs: write numbers and ranges, as in 0-3,8")
    }
    guard !cpus.isEmpty else { throw CPUChoiceError("the list of CPUs is empty: name at least one") }
    func refuse(_ bad: Set<Int>, _ words: String) throws {
      let bad = bad.sorted()
      if !bad.isEmpty { throw CPUChoiceError("CPUs \(CPUList.format(bad)) of \"\(text)\" \(words)") }
    }
    let (chosen, online) = (Set(cpus), Set(topology.online.map(\.id)))
    let folder = "/sys/devices/system/cpu"
    let present = files.cpus("\(folder)/present").map(Set.init) ?? online
    try refuse(
      chosen.subtracting(present).subtracting(online),
      "are not in this machine, which has \(CPUList.format(present.union(online).sorted()))")
    try refuse(
      chosen.subtracting(online),
      "are offline: echo 1 | sudo tee \(folder)/cpuN/online, or choose among "
        + CPUList.format(online.sorted()))
    if let cpuset = ControlGroups(files: files).cpuset {
      try refuse(
        chosen.subtracting(cpuset), "are outside of the control group's cpuset, which allows \(CPUList.format(cpuset))")
    }
    try refuse(
      chosen.subtracting(cpusUsable),
      "are outside of the affinity of this process, which allows \(CPUList.format(cpusUsable)) (taskset --cpu-list)")
    return cpus
  }

  /// Online CPUs that share the core of this one, itself included, in ascending order; empty for a CPU not online.
  public func threadSiblings(of cpu: Int) -> [Int] { topology.siblings(of: cpu) }
}

/// Why a list of CPUs was refused.
public struct CPUChoiceError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What is wrong with it, and what may be chosen.
  public let description: String

  init(_ description: String) { self.description = description }
}
