/// Something a reader must know before trusting a number: short, with a stable id and the fix.
public struct WarningRecord: Codable, Sendable, Equatable {
  /// Stable, as in `--allow W-governor`.
  public var id: String
  /// What was seen, in a sentence.
  public var message: String
  /// What to do about it, where something can be done.
  public var fix: String?

  /// Makes a warning.
  public init(id: String, message: String, fix: String?) {
    self.id = id
    self.message = message
    self.fix = fix
  }
}
