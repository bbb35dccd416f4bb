/// The sizes and choices of a decoder-only transformer, as its files state them, whatever their container.
public struct ModelConfiguration: Sendable, Equatable {
  /// The non-linearity of the feed-forward gate.
  public enum Activation: String, Sendable {
    /// max(z, 0)².
    case relu2
    /// z·sigmoid(z).
    case silu
    /// GELU by the hyperbolic tangent (arXiv:1606.08415).
    case gelu = "gelu_pytorch_tanh"
  }

  /// What the files call the family: `model_type` or `general.architecture`.
  public var family: String
  /// The file that says all this.
  public var source: String
  /// Width of the residual stream.
  public var hiddenSize: Int
  /// Width of the feed-forward.
  public var intermediateSize: Int
  /// Decoder layers.
  public var layers: Int
  /// Query heads.
  public var attentionHeads: Int
  /// Key and value heads.
  public var keyValueHeads: Int
  /// Width of a head.
  public var headDim: Int
  /// Rows of the embedding and of the head.
  public var vocabularySize: Int
  /// Positions that the model was trained for.
  public var maxPositions: Int
  /// Base of the rotary frequencies.
  public var ropeTheta: Double
  /// Added to the mean square in every RMSNorm.
  public var rmsNormEpsilon: Double
  /// The non-linearity of the feed-forward gate.
  public var activation: Activation
  /// Whether RMSNorms stand before the output and down projections.
  public var hasSubNorms: Bool
  /// Whether the output head is the embedding.
  public var tiedEmbeddings: Bool
  /// ε of an RMSNorm on the input of every projection, before it is quantized; nil where there is none.
  public var inputNormEpsilon: Double?
  /// Whether every head of queries and of keys has an RMSNorm before it is rotated (Qwen3, Gemma 3).
  public var hasHeadNorms = false
  /// Whether what attention and feed-forward add to the residual stream passes an RMSNorm (Gemma 3).
  public var hasPostNorms = false
  /// What embeddings are multiplied by.
  public var embeddingScale = 1.0
  /// What scores are multiplied by; nil for 1/√headDim.
  public var attentionScale: Double?
  /// Layers that see their neighbourhood alone; nil where every layer sees all positions.
  public var localAttention: LocalAttention?
  /// How an embedding is made of the states of a text; nil where the files do not say.
  public var pooling: Pooling?
}

/// Layers whose tokens see no more than the positions right before them (Gemma 3, arXiv:2503.19786).
public struct LocalAttention: Sendable, Equatable {
  /// Positions that a token sees, its own included.
  public var window: Int
  /// Base of the rotary frequencies of these layers.
  public var ropeTheta: Double
  /// Which layers they are, one answer for each.
  public var isLocal: [Bool]

  /// Makes a description; nil where no layer is local.
  public init?(window: Int, ropeTheta: Double, isLocal: [Bool]) {
    guard isLocal.contains(true) else { return nil }
    self.window = window
    self.ropeTheta = ropeTheta
    self.isLocal = isLocal
  }

  /// Whether one layer is local.
  public func isLocal(_ layer: Int) -> Bool { isLocal.indices.contains(layer) && isLocal[layer] }
}

/// How one vector is made of the states of all tokens.
public enum Pooling: String, Sendable, CaseIterable {
  /// The state of the last token.
  case last
  /// The mean of all.
  case mean
}

/// Something about a model's files that a user should know before trusting its text.
public struct ModelNote: Sendable, Equatable {
  /// A short name, the same for the same reason: "W-activation".
  public var id: String
  /// What it is and what to do about it.
  public var text: String

  /// Makes a note.
  public init(id: String, text: String) {
    self.id = id
    self.text = text
  }
}
