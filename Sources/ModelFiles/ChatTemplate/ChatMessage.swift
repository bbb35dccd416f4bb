/// One turn of a conversation.
public struct ChatMessage: Sendable, Equatable {
  /// Who speaks.
  public enum Role: String, Sendable, CaseIterable {
    /// Says how to behave.
    case system
    /// Asks.
    case user
    /// Answers: the model.
    case assistant
  }

  /// Who speaks.
  public var role: Role
  /// What is said.
  public var content: String

  /// Makes a turn.
  public init(_ role: Role, _ content: String) {
    self.role = role
    self.content = content
  }

  /// The content without white space around it, as Python's `strip` and so Jinja's `trim` cut it.
  var trimmedContent: String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      // Python also counts the four separators of ASCII.
      scalar.properties.isWhitespace || 0x1c...0x1f ~= scalar.value
    }
    let scalars = content.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
