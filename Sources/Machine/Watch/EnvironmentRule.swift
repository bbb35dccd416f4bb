import Records

/// A threshold on what disturbed a cell.
struct EnvironmentRule: Sendable {
  /// What a look at the change gave, above the threshold.
  struct Sight: Sendable, Equatable {
    /// What was seen, in a sentence.
    let message: String
    /// How much it weighs this time, where that is less than the rule's own severity.
    var severity: Severity?
  }

  /// Stable, as in `--allow W-steal`.
  let id: String
  /// How much it weighs at most.
  let severity: Severity
  /// When it speaks up and why there, in a sentence.
  let threshold: String
  /// What to do about it.
  let fix: String
  /// What was seen; nil below the threshold, or when it is not known.
  let look: @Sendable (EnvironmentChange) -> Sight?

  init(
    id: String, severity: Severity, threshold: String, fix: String,
    look: @escaping @Sendable (EnvironmentChange) -> Sight?
  ) {
    self.id = id
    self.severity = severity
    self.threshold = threshold
    self.fix = fix
    self.look = look
  }

  func warning(about change: EnvironmentChange) -> WarningRecord? {
    look(change).map { WarningRecord(id: id, message: $0.message, fix: fix, severity: $0.severity ?? severity) }
  }

  /// Every rule, the ones that spoil a cell most first.
  static let all = [
    suspended, settingsChanged, throttled, thermal, affinity, misplacedPages, steal, foreignLoad, powerLimit,
    temperature, preempted, migrated, majorFaults, memoryStalls, ioStalls,
  ]

  /// What changed since another moment than the cell's start, in the words of the rule.
  static func settings(_ changes: [String], when: String) -> [WarningRecord] {
    guard let message = changed(changes, when: when) else { return [] }
    return [WarningRecord(id: settingsChanged.id, message: message, fix: settingsChanged.fix, severity: .veto)]
  }

  /// "governor of CPU 0 went from … to … during the cell, and 7 more".
  static func changed(_ changes: [String], when: String) -> String? {
    guard let first = changes.first else { return nil }
    return "\(first) \(when)" + (changes.count > 1 ? ", and \(changes.count - 1) more" : "")
  }
}
