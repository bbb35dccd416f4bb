import Records

extension Check {
  /// Under a driver that leaves the clock to the hardware, this hint is what a governor is elsewhere.
  static let energyPreference = Check(
    id: "W-epp", group: "frequency", title: "energy preference", severity: .warn,
    threshold: "Any usable CPU whose energy_performance_preference is neither \"performance\" nor 0.",
    fix: "sudo tern tune --apply epp"
  ) { machine in
    let groups = FrequencyScaling.lines(
      FrequencyScaling.preferenceFile, cpus: machine.cpusUsable, files: machine.files)
    let count = groups.map(\.cpus.count).reduce(0, +)
    guard count > 0 else { return .fine("not a matter of this driver") }
    // Drivers take numbers as well as words; 0 is all performance (Documentation/admin-guide/pm/intel_pstate.rst).
    let others = groups.filter { $0.text != "performance" && $0.text != "0" }
    if others.isEmpty { return .fine("performance on \(count) CPUs") }
    let list = others.map { "\($0.text) on \($0.cpus.count)" }.joined(separator: ", ")
    return .concern("the hardware is told to save energy: \(list) of \(count) CPUs")
  }
}
