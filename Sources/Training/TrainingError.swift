/// Says what training could not do: what, where, and what to do about it.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong.
  public enum Kind: String, Sendable {
    /// Settings that contradict themselves, or that no model can have.
    case configuration
    /// Text that cannot be read, or is too short to learn from.
    case data
    /// A checkpoint of another model or another text.
    case checkpoint
    /// The loss, a gradient or a weight became NaN or infinite.
    case nonFinite
  }

  /// What kind of thing went wrong.
  public let kind: Kind
  /// The sentence to show.
  public let description: String

  /// Makes an error.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
