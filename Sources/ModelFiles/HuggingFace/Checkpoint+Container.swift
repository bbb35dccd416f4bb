extension Checkpoint: ModelContainer {
  /// "safetensors".
  public var format: String { "safetensors" }

  /// Sizes and choices of `config.json`.
  public var model: ModelConfiguration { configuration.model }

  /// Nothing: `config.json` states what the text depends on.
  public var notes: [ModelNote] { [] }

  /// The bytes of all shards.
  public var fileBytes: Int { files.reduce(0) { $0 + $1.file.bytes.count } }

  /// How a weight is stored.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func stored(_ tensor: ModelTensor) throws -> StoredTensor {
    let stored = try self.tensor("\(name(tensor)).weight")
    return StoredTensor(name: stored.name, typeName: stored.type.rawValue, byteCount: stored.byteCount)
  }

  /// A norm's weights.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func norm(_ tensor: ModelTensor, width: Int) throws -> [Float] {
    try self.tensor("\(name(tensor)).weight").finiteFloats(shape: [width])
  }

  /// The embedding or the head.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func matrix(_ tensor: ModelTensor, rows: Int, columns: Int) throws -> StoredMatrix {
    let stored = try self.tensor("\(name(tensor)).weight")
    try stored.requireFloats(shape: [rows, columns])
    return StoredMatrix(stored)
  }

  /// The ternary weights of a projection.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func projection(
    _ tensor: ModelTensor, rows: Int, columns: Int, forEachRow: RowLoop
  ) throws -> TernaryTensor {
    try projection(name(tensor), rows: rows, columns: columns, forEachRow: forEachRow)
  }

  /// The norm on a projection's input, `rms_norm` within the projection.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func inputNorm(_ tensor: ModelTensor, width: Int) throws -> [Float]? {
    guard configuration.inputNormEpsilon != nil else { return nil }
    return try self.tensor("\(name(tensor)).rms_norm.weight").finiteFloats(shape: [width])
  }

  /// None: scaled positions are refused when `config.json` is read.
  public func rotaryFactors(count: Int) -> [Float]? { nil }

  /// What the checkpoint calls a module; `.weight` follows.
  func name(_ tensor: ModelTensor) -> String {
    switch tensor {
    case .embedding: "model.embed_tokens"
    case .head: "lm_head"
    case .finalNorm: "model.norm"
    case .layer(let layer, let part): "model.layers.\(layer).\(name(part))"
    }
  }

  private func name(_ part: ModelTensor.Part) -> String {
    switch part {
    case .attentionNorm: "input_layernorm"
    case .query: "self_attn.q_proj"
    case .key: "self_attn.k_proj"
    case .value: "self_attn.v_proj"
    case .attentionSubNorm: configuration.isOneBitLLM ? "self_attn.inner_attn_ln" : "self_attn.attn_sub_norm"
    case .attentionOutput: "self_attn.o_proj"
    case .feedForwardNorm: "post_attention_layernorm"
    case .gate: "mlp.gate_proj"
    case .up: "mlp.up_proj"
    case .feedForwardSubNorm: configuration.isOneBitLLM ? "mlp.ffn_layernorm" : "mlp.ffn_sub_norm"
    case .down: "mlp.down_proj"
    }
  }
}

extension HuggingFaceConfiguration {
  /// The same in words that every container shares.
  public var model: ModelConfiguration {
    ModelConfiguration(
      family: modelType, source: path, hiddenSize: hiddenSize, intermediateSize: intermediateSize,
      layers: hiddenLayers, attentionHeads: attentionHeads, keyValueHeads: keyValueHeads, headDim: headDim,
      vocabularySize: vocabularySize, maxPositions: maxPositions, ropeTheta: ropeTheta,
      rmsNormEpsilon: rmsNormEpsilon, activation: activation, hasSubNorms: hasSubNorms,
      tiedEmbeddings: tiedEmbeddings, inputNormEpsilon: inputNormEpsilon)
  }
}
