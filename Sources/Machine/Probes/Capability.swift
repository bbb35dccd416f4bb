/// Whether this machine lets something be measured.
public enum Capability: Sendable, Equatable {
  /// It does, and this is what was found.
  case usable(String)
  /// It does not: the true reason, and the command or setting that changes it.
  case unusable(reason: String, fix: String)
}
