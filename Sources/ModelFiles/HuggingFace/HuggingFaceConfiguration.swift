import Foundation

/// What a checkpoint's `config.json` says about its model, checked for contradictions.
///
/// Families: `bitnet` (BitNet b1.58 2B4T, arXiv:2504.12285), 1bitLLM's `BitnetForCausalLM` (which calls itself
/// `llama`), `llama` whose projections are ternary (Llama3-8B-1.58, Falcon3) or, without a `quantization_config`, dense,
/// and the BitNet embedding models of the families `qwen3` and `gemma3_text`, whose projections have norms of their own.
public struct HuggingFaceConfiguration: Sendable, Equatable {
  /// The file it was read from.
  public var path: String
  /// `model_type`.
  public var modelType: String
  /// `architectures`, possibly empty.
  public var architectures: [String]
  /// `hidden_size`.
  public var hiddenSize: Int
  /// `intermediate_size`.
  public var intermediateSize: Int
  /// `num_hidden_layers`.
  public var hiddenLayers: Int
  /// `num_attention_heads`.
  public var attentionHeads: Int
  /// `num_key_value_heads`, or `num_attention_heads` where the file does not say.
  public var keyValueHeads: Int
  /// `head_dim`, or `hidden_size / num_attention_heads` where the file does not say.
  public var headDim: Int
  /// `vocab_size`.
  public var vocabularySize: Int
  /// `max_position_embeddings`.
  public var maxPositions: Int
  /// `rope_theta`, there or in `rope_parameters`.
  public var ropeTheta: Double
  /// `rms_norm_eps`.
  public var rmsNormEpsilon: Double
  /// `hidden_act`.
  public var activation: ModelConfiguration.Activation
  /// Whether the output head is the embedding.
  public var tiedEmbeddings: Bool
  /// How the projections are stored.
  public var quantization: Quantization
  /// ε of an RMSNorm on the input of every projection (`use_rms_norm`); nil where there is none.
  public var inputNormEpsilon: Double?
  /// `query_pre_attn_scalar`: scores are divided by its root; nil for the width of a head.
  public var attentionScalar: Double?
  /// Layers that see no more than a window (`layer_types`, `sliding_window`); nil where every layer sees all.
  public var localAttention: LocalAttention?

  /// Whether norms stand before the output and down projections, as in BitNet b1.58 and unlike `llama`.
  public var hasSubNorms: Bool { modelType == "bitnet" || isOneBitLLM }

  /// Whether the sub-norms have 1bitLLM's names, `inner_attn_ln` and `ffn_layernorm`.
  public var isOneBitLLM: Bool { architectures.contains("BitnetForCausalLM") }

  /// Whether it is of a family of the BitNet embedding models, with norms on heads.
  public var hasHeadNorms: Bool { modelType == "qwen3" || isGemma }

  /// Whether it is of the family that adds 1 to the weights of its norms, has them behind attention and feed-forward
  /// too, and multiplies embeddings by √hidden (Gemma 3).
  public var isGemma: Bool { modelType == "gemma3_text" }

  /// Reads and checks `config.json`.
  ///
  /// - Throws: `ModelFileError` that names the file and the key.
  public init(path: String) throws {
    let fields = try Self.decode(MappedFile(path: path))
    try self.init(fields, path: path)
    try checkGraph(fields)
    try checkSizes()
    // Afterwards: it makes a list of as many layers as the file says.
    localAttention = try readLocalAttention(fields)
    try checkLocalAttention()
  }

  private static func decode(_ file: MappedFile) throws -> ConfigurationFields {
    do {
      return try JSONDecoder().decode(ConfigurationFields.self, from: Data(file.bytes))
    } catch {
      throw ModelFileError(file: file.path, problem: "is not the configuration of a model: \(decodingWords(error))")
    }
  }

  private init(_ fields: ConfigurationFields, path: String) throws {
    func require<Value>(_ key: String, _ value: Value?) throws -> Value {
      guard let value else {
        throw ModelFileError(
          file: path, part: key, problem: "is missing; add it from the model's published config.json")
      }
      return value
    }
    self.path = path
    modelType = try require("model_type", fields.model_type)
    guard modelType != HybridConfiguration.modelType else {
      throw ModelFileError(
        file: path, part: "model_type",
        problem: "\"\(modelType)\" is a hybrid, and only a transformer will do here")
    }
    architectures = fields.architectures ?? []
    hiddenSize = try require("hidden_size", fields.hidden_size)
    intermediateSize = try require("intermediate_size", fields.intermediate_size)
    hiddenLayers = try require("num_hidden_layers", fields.num_hidden_layers)
    attentionHeads = try require("num_attention_heads", fields.num_attention_heads)
    keyValueHeads = fields.num_key_value_heads ?? attentionHeads
    headDim = fields.head_dim ?? (attentionHeads > 0 ? hiddenSize / attentionHeads : 0)
    vocabularySize = try require("vocab_size", fields.vocab_size)
    maxPositions = try require("max_position_embeddings", fields.max_position_embeddings)
    ropeTheta = try require(
      "rope_theta",
      fields.rope_theta ?? fields.rope_parameters?.rope_theta ?? fields.rope_parameters?.full_attention?.rope_theta)
    rmsNormEpsilon = try require("rms_norm_eps", fields.rms_norm_eps)
    let isEmbeddingFamily = modelType == "qwen3" || modelType == "gemma3_text"
    let hiddenAct = try require("hidden_act", fields.hidden_activation ?? fields.hidden_act)
    guard let activation = ModelConfiguration.Activation(rawValue: hiddenAct) else {
      throw ModelFileError(
        file: path, part: fields.hidden_activation == nil ? "hidden_act" : "hidden_activation",
        problem: "\"\(hiddenAct)\" is none of \"relu2\", \"silu\" and \"gelu_pytorch_tanh\"")
    }
    self.activation = activation
    // Where the file does not say: Gemma's configuration class says yes, the others no; a model without a head, as
    // embedding models are published, is given the embedding for one.
    let hasNoHead = isEmbeddingFamily && !architectures.isEmpty && architectures.allSatisfy { $0.hasSuffix("Model") }
    tiedEmbeddings = hasNoHead || fields.tie_word_embeddings ?? (modelType == "gemma3_text")
    attentionScalar =
      modelType == "gemma3_text" ? try require("query_pre_attn_scalar", fields.query_pre_attn_scalar) : nil
    let isOneBitLLM = architectures.contains("BitnetForCausalLM")
    // 1e-6 is transformers' default for both linear classes.
    inputNormEpsilon = fields.quantization_config.flatMap { $0.use_rms_norm == true ? $0.rms_norm_eps ?? 1e-6 : nil }
    if isEmbeddingFamily, fields.quantization_config == nil { inputNormEpsilon = rmsNormEpsilon }
    // 1bitLLM and the embedding models published float masters without a word about them; a plain llama is dense, and a
    // bitnet that lost its word would run as something that it never was.
    quantization = try Quantization(
      fields.quantization_config,
      without: isOneBitLLM || isEmbeddingFamily ? .online : modelType == "llama" ? .dense : nil, path: path)
  }
}
