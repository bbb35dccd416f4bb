/// The sizes and choices of a decoder-hybrid-decoder (SambaY, arXiv:2507.06607; `phi4flash`), as its files state them,
/// checked for contradictions.
public struct HybridConfiguration: Sendable, Equatable {
  /// `model_type` and `general.architecture` of the one family.
  public static let modelType = "phi4flash"

  /// The file it was read from.
  public var path: String
  /// Width of the residual stream: `hidden_size`.
  public var hiddenSize: Int
  /// Width of the feed-forward: `intermediate_size`.
  public var intermediateSize: Int
  /// Layers, a multiple of 4: `num_hidden_layers`.
  public var layers: Int
  /// Query heads, which pair up: `num_attention_heads`.
  public var attentionHeads: Int
  /// Key and value heads, which pair up: `num_key_value_heads`, or as many as query heads where the file does not say.
  public var keyValueHeads: Int
  /// Rows of the embedding and of the head: `vocab_size`.
  public var vocabularySize: Int
  /// Positions that the model was trained for: `max_position_embeddings`.
  public var maxPositions: Int
  /// Positions that a token of a local layer sees, its own included: `sliding_window`.
  public var window: Int
  /// Added to the variance in every LayerNorm: `layer_norm_eps`.
  public var layerNormEpsilon: Double
  /// Numbers that a channel remembers: `mamba_d_state`.
  public var stateSize: Int
  /// Positions that the causal convolution sees: `mamba_d_conv`.
  public var convolutionWidth: Int
  /// Channels of a Mamba layer: `mamba_expand` · `hidden_size`.
  public var innerSize: Int
  /// The width between which and the channels Δ is projected: `mamba_dt_rank`.
  public var deltaRank: Int
  /// `tie_word_embeddings`; nil where the file does not say.
  public var tiedEmbeddings: Bool?

  /// Width of a head.
  public var headDim: Int { hiddenSize / attentionHeads }

  /// Far above any model, and small enough that no product of three sizes overflows.
  static let sizeMax = 1 << 20

  /// What a container calls the sizes that have to fit together.
  struct Names {
    let hidden: String
    let layers: String
    let heads: String
    let keyValueHeads: String
    let epsilon: String
  }

  /// Refuses sizes that do not fit together.
  ///
  /// - Throws: `ModelFileError` that names the key.
  func checkSizes(_ names: Names) throws {
    func error(_ key: String, _ problem: String) -> ModelFileError {
      ModelFileError(file: path, part: key, problem: problem)
    }
    guard layers.isMultiple(of: 4) else {
      throw error(names.layers, "\(layers) is not a multiple of 4: both halves alternate two kinds of layers")
    }
    guard hiddenSize.isMultiple(of: attentionHeads) else {
      throw error(names.heads, "\(attentionHeads) does not divide \(names.hidden), \(hiddenSize)")
    }
    guard keyValueHeads.isMultiple(of: 2) else {
      throw error(names.keyValueHeads, "\(keyValueHeads) is odd, but differential attention pairs heads")
    }
    guard attentionHeads.isMultiple(of: keyValueHeads) else {
      throw error(names.keyValueHeads, "\(keyValueHeads) does not divide \(names.heads), \(attentionHeads)")
    }
    guard layerNormEpsilon.isFinite, layerNormEpsilon >= 0 else {
      throw error(names.epsilon, "\(layerNormEpsilon) is not a small positive number")
    }
  }
}
