/// What a layer of a forward pass mixes tokens with, as records name it; feed-forwards are a kind of their own.
public struct ForwardLayerKind: Sendable, Equatable {
  /// The key in records.
  public let name: String
  /// In words.
  public let title: String

  init(_ name: String, _ title: String) {
    self.name = name
    self.title = title
  }

  /// A kind that this build does not know, by its key.
  public init(unknown name: String) { self.init(name, name) }

  /// The key of all feed-forwards, their norms included.
  public static let feedForward = "mlp"
  /// The key of what lies outside of layers: embedding, last norm, head.
  public static let ends = "embedding_head"

  /// Every kind, in the order of the bars of a figure.
  public static let all: [ForwardLayerKind] = [
    ForwardLayerKind("mamba", "Mamba"),
    ForwardLayerKind("window", "window attention"),
    ForwardLayerKind("full", "full attention"),
    ForwardLayerKind("cross", "cross attention"),
    ForwardLayerKind("gmu", "gated memory"),
    ForwardLayerKind(feedForward, "feed-forward"),
    ForwardLayerKind(ends, "embedding, head"),
  ]
}
