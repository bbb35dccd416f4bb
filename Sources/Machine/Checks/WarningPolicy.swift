import Records

/// What the user said about warnings: which are accepted, and which are to weigh as much as a veto.
///
/// Any check can veto: `--veto W-governor`. None must: `--allow W-steal`; of an id in both, the acceptance counts.
public struct WarningPolicy: Sendable, Equatable {
  /// Ids that veto nothing.
  public let allowed: Set<String>
  /// Ids that veto whatever their own severity is.
  public let vetoing: Set<String>

  /// Makes a policy; without arguments every warning weighs what it says itself.
  public init(allowed: Set<String> = [], vetoing: Set<String> = []) {
    self.allowed = allowed
    self.vetoing = vetoing
  }

  /// The warning with the severity that it has under this policy.
  ///
  /// An accepted veto keeps its severity, so that the record says what was accepted.
  public func weigh(_ warning: WarningRecord) -> WarningRecord {
    guard vetoing.contains(warning.id), !allowed.contains(warning.id) else { return warning }
    var warning = warning
    warning.severity = .veto
    return warning
  }

  /// Ids of the warnings that veto what they concern, sorted, each once: for `SampleRecord.vetoes`.
  public func vetoes(among warnings: [WarningRecord]) -> [String] {
    Set(warnings.map(weigh).filter { $0.isVeto && !allowed.contains($0.id) }.map(\.id)).sorted()
  }
}
