/// The sizes and choices of a decoder-only transformer, as its files state them, whatever their container.
public struct ModelConfiguration: Sendable, Equatable {
  /// The non-linearity of the feed-forward gate.
  public enum Activation: String, Sendable {
    /// max(z, 0)².
    case relu2
    /// z·sigmoid(z).
    case silu
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
