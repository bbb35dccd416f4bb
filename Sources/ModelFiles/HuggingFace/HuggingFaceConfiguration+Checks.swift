extension HuggingFaceConfiguration {
  /// Refuses models whose forward pass differs from the one that the engine has.
  func checkGraph(_ fields: ConfigurationFields) throws {
    guard modelType == "bitnet" || modelType == "llama" else {
      throw error("model_type", "\"\(modelType)\" is not supported; \"bitnet\" and \"llama\" are")
    }
    if fields.attention_bias == true {
      throw error("attention_bias", "true is not supported: projections have no bias")
    }
    if fields.mlp_bias == true { throw error("mlp_bias", "true is not supported: projections have no bias") }
    let scaling = fields.rope_scaling ?? fields.rope_parameters
    if let type = scaling?.rope_type ?? scaling?.type, type != "default", !(type == "linear" && scaling?.factor == 1) {
      throw error("rope_scaling", "type \"\(type)\" is not supported; positions would be wrong")
    }
  }

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
  }

  /// Far above any model, and small enough that no product of two sizes overflows.
  private static let sizeMax = 1 << 28

  private func error(_ key: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: path, part: key, problem: problem)
  }
}
