/// Says what the engine could not do, and what to do about it.
public struct EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong.
  public enum Kind: String, Sendable {
    /// A pool could not be made: thread count, CPUs, limits of the system.
    case threads
    /// A shape contradicts itself, or no such shape is known.
    case shape
    /// Model, kernel and session do not fit together.
    case mismatch
    /// A token id outside the vocabulary.
    case token
    /// More positions than the context holds.
    case context
    /// An activation became NaN or infinite.
    case nonFinite
    /// Sizes that overflow, or memory that the system refused.
    case memory
  }

  /// What kind of thing went wrong.
  public let kind: Kind
  /// The sentence to show: what, where, and what to do next.
  public let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
