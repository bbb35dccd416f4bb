import Records

/// One condition of the machine that makes numbers less trustworthy: what to look at, and when to speak up.
///
/// A check is one value in one file of this folder; `Check.all` names them in the order in which they are told.
struct Check: Sendable {
  /// Stable, as in `--allow W-governor`.
  let id: String
  /// The heading under which `tern doctor` lists it.
  let group: String
  /// What is looked at, in two or three words.
  let title: String
  /// How much it weighs at most.
  let severity: Severity
  /// When it speaks up and why there, in a sentence.
  let threshold: String
  /// What to do about it; a verdict may know the command for this machine.
  let fix: String
  /// Looks at the machine as it stands now.
  let look: @Sendable (Machine) -> Verdict

  /// Every check, the ones that distort most first.
  static let all: [Check] = [
    .governor, .energyPreference, .turbo, .frequencyCap, .battery, .temperature, .virtualMachine, .container, .steal,
    .cpuQuota, .cpuset, .offlineCPUs, .isolatedCPUs, .load, .pressure, .pressureIO, .smt, .hybrid, .memory, .swap,
    .pressureMemory, .hugePages, .numaBalancing, .clockSource, .nmiWatchdog, .perfParanoid, .addressRandomization,
  ]

  /// The warning that a look gives cause for; nil where all is fine, or nothing is known.
  func warning(about machine: Machine) -> WarningRecord? { warning(of: look(machine)) }

  /// The words of a concern as a warning.
  func warning(of verdict: Verdict) -> WarningRecord? {
    guard verdict.state == .concern else { return nil }
    return WarningRecord(
      id: id, message: verdict.detail, fix: verdict.fix ?? fix, severity: verdict.severity ?? severity)
  }
}

extension Machine {
  /// What a reader must know before trusting numbers that are taken on this machine now.
  public func warnings() -> [WarningRecord] { Check.all.compactMap { $0.warning(about: self) } }
}
