import Records

extension Check {
  /// A lowered limit (a power profile, a thermal daemon) makes the machine another machine.
  static let frequencyCap = Check(
    id: "W-frequency-cap", group: "frequency", title: "frequency limit", severity: .warn,
    threshold: "scaling_max_freq below cpuinfo_max_freq on any usable CPU.",
    fix: "sudo cpupower frequency-set --max FREQUENCY"
  ) { machine in
    let limits = machine.cpusUsable.compactMap { cpu -> (cpu: Int, limit: Int, hardware: Int)? in
      guard let limit = machine.files.integer(FrequencyScaling.path(cpu, FrequencyScaling.limitFile)),
        let hardware = machine.files.integer(FrequencyScaling.path(cpu, FrequencyScaling.hardwareLimitFile)),
        limit > 0
      else { return nil }
      return (cpu, limit, hardware)
    }
    guard let fastest = limits.map(\.hardware).max() else { return .unknown("the kernel shows no frequency limits") }
    let lowered = limits.filter { $0.limit < $0.hardware }
    guard let worst = lowered.min(by: { $0.limit < $1.limit }) else { return .fine("\(fastest / 1000) MHz") }
    return .concern(
      "the clock is limited to \(worst.limit / 1000) MHz of \(worst.hardware / 1000) MHz on \(lowered.count) CPUs",
      fix: "sudo cpupower frequency-set --max \(worst.hardware)",
      ["frequency_limit_khz": Double(worst.limit), "frequency_max_khz": Double(worst.hardware)])
  }
}
