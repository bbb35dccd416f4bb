import Foundation

/// What the `config.json` of a decoder-hybrid-decoder says (SambaY, arXiv:2507.06607; `phi4flash`), checked for
/// contradictions.
public struct HybridConfiguration: Sendable, Equatable {
  /// `model_type` of the one family.
  public static let modelType = "phi4flash"

  /// The file it was read from.
  public var path: String
  /// `hidden_size`.
  public var hiddenSize: Int
  /// `intermediate_size`.
  public var intermediateSize: Int
  /// `num_hidden_layers`, a multiple of 4.
  public var layers: Int
  /// `num_attention_heads`, which pair up.
  public var attentionHeads: Int
  /// `num_key_value_heads`, which pair up, or `num_attention_heads` where the file does not say.
  public var keyValueHeads: Int
  /// `vocab_size`.
  public var vocabularySize: Int
  /// `max_position_embeddings`.
  public var maxPositions: Int
  /// `sliding_window`: positions that a token of a local layer sees, its own included.
  public var window: Int
  /// `layer_norm_eps`.
  public var layerNormEpsilon: Double
  /// `mamba_d_state`: numbers that a channel remembers.
  public var stateSize: Int
  /// `mamba_d_conv`: positions that the causal convolution sees.
  public var convolutionWidth: Int
  /// `mamba_expand` · `hidden_size`: channels of a Mamba layer.
  public var innerSize: Int
  /// `mamba_dt_rank`: the width between which and the channels Δ is projected.
  public var deltaRank: Int
  /// `tie_word_embeddings`; nil where the file does not say.
  public var tiedEmbeddings: Bool?

  /// Width of a head.
  public var headDim: Int { hiddenSize / attentionHeads }

  /// Reads and checks `config.json`.
  ///
  /// - Throws: `ModelFileError` that names the file and the key.
  public init(path: String) throws {
    let file = try MappedFile(path: path)
    let fields: HybridFields
    do {
      fields = try JSONDecoder().decode(HybridFields.self, from: Data(file.bytes))
    } catch {
      throw ModelFileError(file: path, problem: "is not the configuration of a model: \(decodingWords(error))")
    }
    try self.init(fields, path: path)
    try checkGraph(fields)
  }

  private init(_ fields: HybridFields, path: String) throws {
    func size(_ key: String, _ value: Int?) throws -> Int {
      guard let value else {
        throw ModelFileError(
          file: path, part: key, problem: "is missing; add it from the model's published config.json")
      }
      guard (1...Self.sizeMax).contains(value) else {
        throw ModelFileError(file: path, part: key, problem: "\(value) is not in 1...\(Self.sizeMax)")
      }
      return value
    }
    self.path = path
    hiddenSize = try size("hidden_size", fields.hidden_size)
    intermediateSize = try size("intermediate_size", fields.intermediate_size)
    layers = try size("num_hidden_layers", fields.num_hidden_layers)
    attentionHeads = try size("num_attention_heads", fields.num_attention_heads)
    keyValueHeads = try size("num_key_value_heads", fields.num_key_value_heads ?? attentionHeads)
    vocabularySize = try size("vocab_size", fields.vocab_size)
    maxPositions = try size("max_position_embeddings", fields.max_position_embeddings)
    window = try size("sliding_window", fields.sliding_window)
    // Where the file does not say, what the family's configuration class says.
    stateSize = try size("mamba_d_state", fields.mamba_d_state ?? 16)
    convolutionWidth = try size("mamba_d_conv", fields.mamba_d_conv ?? 4)
    innerSize = try size("mamba_expand", fields.mamba_expand ?? 2) * hiddenSize
    switch fields.mamba_dt_rank ?? .word("auto") {
    case .number(let rank): deltaRank = try size("mamba_dt_rank", rank)
    case .word("auto"): deltaRank = (hiddenSize + 15) / 16
    case .word(let word):
      throw ModelFileError(file: path, part: "mamba_dt_rank", problem: "\"\(word)\" is neither a number nor \"auto\"")
    }
    guard let epsilon = fields.layer_norm_eps else {
      throw ModelFileError(
        file: path, part: "layer_norm_eps", problem: "is missing; add it from the model's published config.json")
    }
    layerNormEpsilon = epsilon
    tiedEmbeddings = fields.tie_word_embeddings
  }

  /// Far above any model, and small enough that no product of three sizes overflows.
  private static let sizeMax = 1 << 20

  /// Refuses what the forward pass does not have, and sizes that do not fit together.
  private func checkGraph(_ fields: HybridFields) throws {
    func error(_ key: String, _ problem: String) -> ModelFileError {
      ModelFileError(file: path, part: key, problem: problem)
    }
    guard fields.model_type == Self.modelType else {
      throw error("model_type", "\(fields.model_type.map { "\"\($0)\"" } ?? "nothing") is not \"\(Self.modelType)\"")
    }
    if fields.quantization_config != nil {
      throw error("quantization_config", "quantized hybrids are not read; use the checkpoint as it was published")
    }
    if let act = fields.hidden_act, act != "silu" { throw error("hidden_act", "\"\(act)\" is not \"silu\"") }
    guard fields.mb_per_layer ?? 2 == 2 else {
      throw error("mb_per_layer", "\(fields.mb_per_layer ?? 0) is not 2: every other layer is attention")
    }
    guard fields.mamba_conv_bias != false else {
      throw error("mamba_conv_bias", "false is not supported: the convolution has a bias")
    }
    for (key, bias) in [
      ("mamba_proj_bias", fields.mamba_proj_bias), ("mlp_bias", fields.mlp_bias), ("lm_head_bias", fields.lm_head_bias),
    ] where bias == true {
      throw error(key, "true is not supported: that projection has no bias")
    }
    guard layers.isMultiple(of: 4) else {
      throw error("num_hidden_layers", "\(layers) is not a multiple of 4: both halves alternate two kinds of layers")
    }
    guard hiddenSize.isMultiple(of: attentionHeads) else {
      throw error("num_attention_heads", "\(attentionHeads) does not divide hidden_size, \(hiddenSize)")
    }
    guard keyValueHeads.isMultiple(of: 2) else {
      throw error("num_key_value_heads", "\(keyValueHeads) is odd, but differential attention pairs heads")
    }
    guard attentionHeads.isMultiple(of: keyValueHeads) else {
      throw error("num_key_value_heads", "\(keyValueHeads) does not divide num_attention_heads, \(attentionHeads)")
    }
    guard layerNormEpsilon.isFinite, layerNormEpsilon >= 0 else {
      throw error("layer_norm_eps", "\(layerNormEpsilon) is not a small positive number")
    }
    guard innerSize <= Self.sizeMax else { throw error("mamba_expand", "makes \(innerSize) channels, which is absurd") }
  }
}
