import Records

/// One line of `tern doctor`: something about this machine, and whether it stands in the way of measuring.
public struct Finding: Codable, Sendable, Equatable {
  /// How it stands.
  public enum State: String, Codable, Sendable {
    /// As it should be, or a plain fact.
    case ok
    /// It makes numbers less trustworthy.
    case warning
    /// It cannot be measured or read here.
    case unavailable
  }

  /// Stable: "cpu", "energy", "W-governor".
  public let id: String
  /// The heading under which it is listed: "machine", "frequency", "memory", "measuring".
  public let group: String
  /// What it is about, in two or three words.
  public let title: String
  /// How it stands.
  public let state: State
  /// What was seen, in words.
  public let detail: String
  /// What changes it, where something does.
  public let fix: String?
  /// How much a warning weighs; absent where there is none.
  public let severity: Severity?
  /// When the check behind it speaks up, in a sentence; absent for plain facts.
  public let threshold: String?
  /// The numbers behind the words, by names that end in their unit; absent without any.
  public let measured: [String: Double]?

  init(
    id: String, group: String, title: String, state: State, detail: String, fix: String? = nil,
    severity: Severity? = nil, threshold: String? = nil, measured: [String: Double] = [:]
  ) {
    self.id = id
    self.group = group
    self.title = title
    self.state = state
    self.detail = detail
    self.fix = fix
    self.severity = severity
    self.threshold = threshold
    self.measured = measured.isEmpty ? nil : measured
  }
}
