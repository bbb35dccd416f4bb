/// Something a reader must know before trusting a number: short, with a stable id and the fix.
public struct WarningRecord: Codable, Sendable, Equatable {
  /// Stable, as in `--allow W-governor`.
  public var id: String
  /// What was seen, in a sentence.
  public var message: String
  /// What to do about it, where something can be done.
  public var fix: String?
  /// How much it weighs; absent from records that were written before there were severities.
  public var severity: Severity?

  /// Makes a warning.
  public init(id: String, message: String, fix: String?, severity: Severity = .warn) {
    self.id = id
    self.message = message
    self.fix = fix
    self.severity = severity
  }
}

extension WarningRecord {
  /// Whether nothing that it concerns can carry a verdict.
  public var isVeto: Bool { severity == .veto }
}
