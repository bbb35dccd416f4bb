/// The families whose graph the engine has, as `general.architecture` names them.
///
/// The three BitNet names stand for one graph with norms inside its blocks: `bitnet` is llama.cpp's name for 1bitLLM's
/// models, with SiLU, and the other two are bitnet.cpp's for BitNet b1.58 2B4T, with ReLU². `qwen3` and `gemma3` are
/// those of the BitNet embedding models, where every projection has a norm on its input.
public enum GGUFArchitecture: String, Sendable, CaseIterable {
  case bitnet
  case bitnet25 = "bitnet-25"
  case bitnetB158 = "bitnet-b1.58"
  case llama
  case qwen3
  case gemma3

  /// Whether RMSNorms stand before the output and down projections.
  public var hasSubNorms: Bool {
    switch self {
    case .bitnet, .bitnet25, .bitnetB158: true
    case .llama, .qwen3, .gemma3: false
    }
  }

  /// Whether every head of queries and keys has a norm.
  public var hasHeadNorms: Bool { self == .qwen3 || self == .gemma3 }

  /// Whether what attention and feed-forward add to the residual stream passes a norm.
  public var hasPostNorms: Bool { self == .gemma3 }

  /// The gate's non-linearity where the file does not state one.
  public var activation: ModelConfiguration.Activation {
    switch self {
    case .bitnet, .llama, .qwen3: .silu
    case .bitnet25, .bitnetB158: .relu2
    case .gemma3: .gelu
    }
  }

  /// Whether converters put the rows of queries and keys in the order of rotary pairs.
  public var hasAdjacentPairs: Bool { self == .llama }

  /// Whether programs of this architecture compute logits with the embedding even where the file has a head.
  public var usesEmbeddingAsHead: Bool { hasSubNorms }

  /// What a layer's weight is called between "blk.N." and ".weight".
  public static func name(_ part: ModelTensor.Part) -> String {
    switch part {
    case .attentionNorm: "attn_norm"
    case .query: "attn_q"
    case .key: "attn_k"
    case .value: "attn_v"
    case .queryHeadNorm: "attn_q_norm"
    case .keyHeadNorm: "attn_k_norm"
    case .attentionSubNorm: "attn_sub_norm"
    case .attentionOutput: "attn_output"
    case .attentionPostNorm: "post_attention_norm"
    case .feedForwardNorm: "ffn_norm"
    case .gate: "ffn_gate"
    case .up: "ffn_up"
    case .feedForwardSubNorm: "ffn_sub_norm"
    case .down: "ffn_down"
    case .feedForwardPostNorm: "post_ffw_norm"
    }
  }

  /// What a weight is called, without ".weight".
  public static func name(_ tensor: ModelTensor) -> String {
    switch tensor {
    case .embedding: "token_embd"
    case .head: "output"
    case .finalNorm: "output_norm"
    case .layer(let layer, let part): "blk.\(layer).\(name(part))"
    }
  }

  /// What the norm on a projection's own input is called, without ".weight".
  static func inputNormName(_ tensor: ModelTensor) -> String { "\(name(tensor))_norm_in" }

  /// What each rotary frequency is divided by: [headDim / 2].
  public static let rotaryFactorsName = "rope_freqs.weight"
}

/// Metadata keys behind the architecture's name, as gguf-py spells them, and two that only some files have.
enum GGUFKey {
  static let architecture = "general.architecture"
  static let contextLength = "context_length"
  static let embeddingLength = "embedding_length"
  static let blockCount = "block_count"
  static let feedForwardLength = "feed_forward_length"
  static let headCount = "attention.head_count"
  static let headCountKV = "attention.head_count_kv"
  static let keyLength = "attention.key_length"
  static let valueLength = "attention.value_length"
  static let normEpsilon = "attention.layer_norm_rms_epsilon"
  static let ropeDimensions = "rope.dimension_count"
  static let ropeBase = "rope.freq_base"
  static let ropeScalingType = "rope.scaling.type"
  static let ropeScalingFactor = "rope.scaling.factor"
  static let ropeScaleLinear = "rope.scale_linear"
  static let vocabularySize = "vocab_size"
  static let expertCount = "expert_count"
  static let attentionScale = "attention.scale"
  static let slidingWindow = "attention.sliding_window"
  static let slidingWindowPattern = "attention.sliding_window_pattern"
  static let ropeBaseLocal = "rope.freq_base_swa"
  static let attentionSoftcap = "attn_logit_softcapping"
  static let finalSoftcap = "final_logit_softcapping"
  static let pooling = "pooling_type"
  static let layerNormEpsilon = "attention.layer_norm_epsilon"
  static let convolutionKernel = "ssm.conv_kernel"
  static let innerSize = "ssm.inner_size"
  static let stateSize = "ssm.state_size"
  static let timeStepRank = "ssm.time_step_rank"
  /// How the weights were made ternary after training, by `Ternarization`; a key of this program's own.
  static let ternarized = "tern.ternarized"
  /// Of hybrids: true where every projection is ternary, which types of floats do not say.
  static let ternary = "ternary"
  /// "relu2" or "silu"; proposed for files of BitNet models, whose architecture's name used to stand for it.
  static let hiddenActivation = "hidden_activation"
  /// False where `output.weight` is the head of an architecture that otherwise uses the embedding.
  static let tiedEmbeddings = "tie_word_embeddings"
}
