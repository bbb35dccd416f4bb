import Records

extension Check {
  /// With turbo, the clock depends on temperature and on how many cores are busy: thread sweeps bend.
  static let turbo = Check(
    id: "W-turbo", group: "frequency", title: "turbo", severity: .warn, threshold: "Turbo or boost is allowed.",
    fix: "sudo tern tune --apply turbo"
  ) { machine in
    guard let turbo = FrequencyScaling.turbo(files: machine.files) else {
      return .unknown("the kernel does not say whether turbo is on")
    }
    guard turbo else { return .fine("off") }
    let isIntel = machine.files.exists(FrequencyScaling.noTurboPath)
    return .concern(
      "turbo is on: the clock changes with temperature and with the number of busy cores",
      fix: isIntel
        ? "echo 1 | sudo tee \(FrequencyScaling.noTurboPath)" : "echo 0 | sudo tee \(FrequencyScaling.boostPath)")
  }
}
