extension Check {
  /// A lowered limit (a power profile, a thermal daemon) makes the machine another machine.
  static let frequencyCap = Check(
    id: "W-frequency-cap", group: "frequency", title: "frequency limit",
    threshold: "scaling_max_freq below cpuinfo_max_freq."
  ) { machine in
    let scaling = FrequencyScaling(cpu: machine.topology.firstUsable, files: machine.files)
    guard let limit = scaling.maxKhz, let hardware = scaling.hardwareMaxKhz else {
      return .unknown("the kernel shows no frequency limits")
    }
    guard limit < hardware else { return .fine("\(hardware / 1000) MHz") }
    return .concern(
      "the clock is limited to \(limit / 1000) MHz of \(hardware / 1000) MHz",
      fix: "sudo cpupower frequency-set --max \(hardware)")
  }
}
