import Foundation

extension HybridConfiguration {
  private static let names = Names(
    hidden: "hidden_size", layers: "num_hidden_layers", heads: "num_attention_heads",
    keyValueHeads: "num_key_value_heads", epsilon: "layer_norm_eps")

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
    try checkSizes(Self.names)
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
    let hidden = try size("hidden_size", fields.hidden_size)
    let heads = try size("num_attention_heads", fields.num_attention_heads)
    guard let epsilon = fields.layer_norm_eps else {
      throw ModelFileError(
        file: path, part: "layer_norm_eps", problem: "is missing; add it from the model's published config.json")
    }
    let rank: Int
    switch fields.mamba_dt_rank ?? .word("auto") {
    case .number(let number): rank = try size("mamba_dt_rank", number)
    case .word("auto"): rank = (hidden + 15) / 16
    case .word(let word):
      throw ModelFileError(file: path, part: "mamba_dt_rank", problem: "\"\(word)\" is neither a number nor \"auto\"")
    }
    // Where the file does not say how Mamba is made, what the family's configuration class says.
    self.init(
      path: path, hiddenSize: hidden, intermediateSize: try size("intermediate_size", fields.intermediate_size),
      layers: try size("num_hidden_layers", fields.num_hidden_layers), attentionHeads: heads,
      keyValueHeads: try size("num_key_value_heads", fields.num_key_value_heads ?? heads),
      vocabularySize: try size("vocab_size", fields.vocab_size),
      maxPositions: try size("max_position_embeddings", fields.max_position_embeddings),
      window: try size("sliding_window", fields.sliding_window), layerNormEpsilon: epsilon,
      stateSize: try size("mamba_d_state", fields.mamba_d_state ?? 16),
      convolutionWidth: try size("mamba_d_conv", fields.mamba_d_conv ?? 4),
      innerSize: try size("mamba_expand", fields.mamba_expand ?? 2) * hidden, deltaRank: rank,
      tiedEmbeddings: fields.tie_word_embeddings)
  }

  /// Refuses what the forward pass does not have.
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
    guard innerSize <= Self.sizeMax else { throw error("mamba_expand", "makes \(innerSize) channels, which is absurd") }
  }
}
