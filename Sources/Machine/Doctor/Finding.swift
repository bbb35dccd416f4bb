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

  init(id: String, group: String, title: String, state: State, detail: String, fix: String? = nil) {
    self.id = id
    self.group = group
    self.title = title
    self.state = state
    self.detail = detail
    self.fix = fix
  }
}
