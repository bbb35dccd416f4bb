/// How much a warning weighs.
///
/// Nothing is ever deleted because of one: a veto marks the sample that it met, and readers decide what to do with it.
public enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
  /// A fact that explains a number and does not spoil it.
  case note
  /// It makes numbers less trustworthy.
  case warn
  /// A verdict must not rest on what was measured then.
  case veto

  /// Orders severities from `note` to `veto`.
  public static func < (first: Severity, second: Severity) -> Bool { first.rank < second.rank }

  private var rank: Int {
    switch self {
    case .note: 0
    case .warn: 1
    case .veto: 2
    }
  }
}
