/// The ids with a meaning for whoever runs the model; nil where the files name none.
public struct SpecialTokens: Sendable, Equatable {
  /// Begins a text.
  public var beginOfText: Int32?
  /// Ends a text.
  public var endOfText: Int32?
  /// Ends a turn of a conversation.
  public var endOfTurn: Int32?
  /// Stands for what the vocabulary cannot say.
  public var unknown: Int32?
  /// Fills up a batch.
  public var padding: Int32?
  /// All ids after which there is nothing more to generate.
  public var endOfGeneration: Set<Int32> = []

  /// Names of tokens that end a generation in every model that has them.
  static let endingNames = ["<|eot_id|>", "<|end|>", "<|im_end|>", "<|end_of_text|>", "<|endoftext|>"]

  /// Makes an empty set.
  public init() {}
}
