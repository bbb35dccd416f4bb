import Records

extension Check {
  /// A core that is switched off leaves its share of cache and power to the others: the machine is another machine.
  static let offlineCPUs = Check(
    id: "W-offline-cpus", group: "machine", title: "offline CPUs", severity: .note,
    threshold: "CPUs are present and not online.", fix: "echo 1 | sudo tee /sys/devices/system/cpu/cpuN/online"
  ) { machine in
    let folder = "/sys/devices/system/cpu"
    guard let present = machine.files.cpus("\(folder)/present"), let online = machine.files.cpus("\(folder)/online")
    else {
      return .unknown("the kernel does not list the CPUs that are present")
    }
    let offline = Set(present).subtracting(online).sorted()
    guard !offline.isEmpty else { return .fine("none") }
    return .concern(
      "CPUs \(CPUList.format(offline)) are switched off", ["offline_cpus": Double(offline.count)])
  }
}
