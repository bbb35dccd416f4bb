extension HuggingFaceConfiguration {
  /// Refuses models whose forward pass differs from the one that the engine has.
  func checkGraph(_ fields: ConfigurationFields) throws {
    guard Self.modelTypes.contains(modelType) else {
      let known = Self.modelTypes.map { "\"\($0)\"" }.joined(separator: ", ")
      throw error("model_type", "\"\(modelType)\" is not supported; \(known) are")
    }
    if fields.attention_bias == true {
      throw error("attention_bias", "true is not supported: projections have no bias")
    }
    if fields.mlp_bias == true { throw error("mlp_bias", "true is not supported: projections have no bias") }
    let parameters = fields.rope_parameters
    let scalings = [
      fields.rope_scaling,
      parameters.map { RopeFields(rope_theta: $0.rope_theta, rope_type: $0.rope_type, factor: $0.factor) },
      parameters?.full_attention, parameters?.sliding_attention,
    ]
    for scaling in scalings.compactMap(\.self) {
      if let type = scaling.rope_type ?? scaling.type, type != "default", !(type == "linear" && scaling.factor == 1) {
        throw error("rope_scaling", "type \"\(type)\" is not supported; positions would be wrong")
      }
    }
    for (key, cap) in [
      ("attn_logit_softcapping", fields.attn_logit_softcapping),
      ("final_logit_softcapping", fields.final_logit_softcapping),
    ] {
      if let cap { throw error(key, "\(cap) is not supported: scores and logits are not capped") }
    }
    if fields.use_bidirectional_attention == true {
      throw error("use_bidirectional_attention", "true is not supported: a token sees those before it")
    }
  }

  /// `bitnet` and `llama`, and the families of the BitNet embedding models.
  private static let modelTypes = ["bitnet", "llama", "qwen3", "gemma3_text"]

  /// Refuses sizes that are no sizes or do not fit together.
  func checkSizes() throws {
    let sizes = [
      ("hidden_size", hiddenSize), ("intermediate_size", intermediateSize), ("num_hidden_layers", hiddenLayers),
      ("num_attention_heads", attentionHeads), ("num_key_value_heads", keyValueHeads), ("head_dim", headDim),
      ("vocab_size", vocabularySize), ("max_position_embeddings", maxPositions),
    ]
    for (key, size) in sizes where !(1...Self.sizeMax).contains(size) {
      throw error(key, "\(size) is not in 1...\(Self.sizeMax)")
    }
    guard attentionHeads.isMultiple(of: keyValueHeads) else {
      throw error("num_key_value_heads", "\(keyValueHeads) does not divide num_attention_heads, \(attentionHeads)")
    }
    guard headDim.isMultiple(of: 2) else {
      throw error("head_dim", "\(headDim) is odd, but rotary positions turn pairs")
    }
    guard rmsNormEpsilon.isFinite, rmsNormEpsilon >= 0 else {
      throw error("rms_norm_eps", "\(rmsNormEpsilon) is not a small positive number")
    }
    if let inputNormEpsilon, !inputNormEpsilon.isFinite || inputNormEpsilon < 0 {
      throw error("quantization_config: rms_norm_eps", "\(inputNormEpsilon) is not a small positive number")
    }
    guard ropeTheta.isFinite, ropeTheta > 0 else { throw error("rope_theta", "\(ropeTheta) is not positive") }
    if let attentionScalar, !attentionScalar.isFinite || attentionScalar <= 0 {
      throw error("query_pre_attn_scalar", "\(attentionScalar) is not positive")
    }
  }

  /// Refuses windows that are none.
  func checkLocalAttention() throws {
    guard let local = localAttention else { return }
    guard (1...Self.sizeMax).contains(local.window) else {
      throw error("sliding_window", "\(local.window) is not in 1...\(Self.sizeMax)")
    }
    guard local.ropeTheta.isFinite, local.ropeTheta > 0 else {
      throw error("rope_local_base_freq", "\(local.ropeTheta) is not positive")
    }
  }

  /// Far above any model, and small enough that no product of two sizes overflows.
  private static let sizeMax = 1 << 28

  private func error(_ key: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: path, part: key, problem: problem)
  }
}
