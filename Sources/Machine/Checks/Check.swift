import Records

/// One condition of the machine that makes numbers less trustworthy: what to look at, and when to speak up.
///
/// A check is one value in one file of this folder; `Check.all` names them in the order in which they are told.
struct Check: Sendable {
  /// What a look at the machine gave.
  enum Verdict: Sendable, Equatable {
    /// Nothing to say; what was seen, in words.
    case fine(String)
    /// The threshold is crossed: what was seen, and what to do, where something can be done.
    case concern(String, fix: String?)
    /// The machine does not say.
    case unknown(String)
  }

  /// Stable, as in `--allow W-governor`.
  let id: String
  /// The heading under which `tern doctor` lists it.
  let group: String
  /// What is looked at, in two or three words.
  let title: String
  /// When it speaks up and why there, in a sentence.
  let threshold: String
  /// Looks at the machine as it stands now.
  let look: @Sendable (Machine) -> Verdict

  /// Every check, the ones that distort most first.
  static let all: [Check] = [
    .governor, .turbo, .frequencyCap, .battery, .virtualMachine, .steal, .cpuQuota, .load, .pressure, .smt, .hybrid,
    .memory, .swap, .hugePages, .numaBalancing, .clockSource, .nmiWatchdog, .addressRandomization,
  ]
}

extension Machine {
  /// What a reader must know before trusting numbers that are taken on this machine now.
  public func warnings() -> [WarningRecord] {
    Check.all.compactMap { check in
      guard case .concern(let message, let fix) = check.look(self) else { return nil }
      return WarningRecord(id: check.id, message: message, fix: fix)
    }
  }
}
