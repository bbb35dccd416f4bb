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
    let weights = try self.tensor("\(name(tensor)).weight").finiteFloats(shape: [width])
    // Gemma's norms are trained as what differs from 1.
    return configuration.isGemma ? weights.map { 1 + $0 } : weights
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

  /// Whether no `quantization_config` of a plain llama says otherwise.
  public func hasDenseProjections() -> Bool { configuration.quantization == .dense }

  /// The floats of a projection.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func denseProjection(_ tensor: ModelTensor, rows: Int, columns: Int) throws -> StoredMatrix {
    try matrix(tensor, rows: rows, columns: columns)
  }

  /// The norm on a projection's input: `rms_norm` within the projection in transformers, `norm` in the BitNet embedding
  /// models, where nothing is added to it.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func inputNorm(_ tensor: ModelTensor, width: Int) throws -> [Float]? {
    guard configuration.inputNormEpsilon != nil else { return nil }
    let name = name(tensor)
    let isOwn = configuration.hasHeadNorms && !has("\(name).rms_norm.weight")
    return try self.tensor("\(name).\(isOwn ? "norm" : "rms_norm").weight").finiteFloats(shape: [width])
  }

  /// None: scaled positions are refused when `config.json` is read.
  public func rotaryFactors(count: Int) -> [Float]? { nil }

  /// What the checkpoint calls a module; `.weight` follows.
  func name(_ tensor: ModelTensor) -> String {
    switch tensor {
    case .embedding: "\(prefix)embed_tokens"
    case .head: "lm_head"
    case .finalNorm: "\(prefix)norm"
    case .layer(let layer, let part): "\(prefix)layers.\(layer).\(name(part))"
    }
  }

  /// Refuses weights whose kind `config.json` leaves open: a model of the embedding models' families that nothing calls
  /// ternary, which is the one that theirs are made from, and scales of ternary weights that nothing speaks of.
  ///
  /// - Throws: `ModelFileError` that names the tensor which is, or would be, the sign.
  func requireStatedWeights() throws {
    let query = name(.layer(0, .query))
    if configuration.quantization == .dense, has("\(query).weight_scale") {
      throw ModelFileError(
        file: configuration.path, part: "quantization_config",
        problem: "is missing, though the checkpoint has \(query).weight_scale, a scale of ternary weights; use the "
          + "model's published config.json")
    }
    let isCalledSo = ["norm", "rms_norm"].contains { has("\(query).\($0).weight") }
    guard configuration.hasHeadNorms, configuration.inputNormEpsilon != nil, !isCalledSo else { return }
    throw ModelFileError(
      file: path, part: "\(query).norm.weight",
      problem: "is missing, and so nothing says that the weights are ternary; use a BitNet embedding model, or a "
        + "checkpoint with a quantization_config")
  }

  /// A model that is published without a head is not called "model" within another one.
  private var prefix: String { configuration.hasHeadNorms && has("embed_tokens.weight") ? "" : "model." }

  private func name(_ part: ModelTensor.Part) -> String {
    switch part {
    case .attentionNorm: "input_layernorm"
    case .query: "self_attn.q_proj"
    case .key: "self_attn.k_proj"
    case .value: "self_attn.v_proj"
    case .queryHeadNorm: "self_attn.q_norm"
    case .keyHeadNorm: "self_attn.k_norm"
    case .attentionSubNorm: configuration.isOneBitLLM ? "self_attn.inner_attn_ln" : "self_attn.attn_sub_norm"
    case .attentionOutput: "self_attn.o_proj"
    case .attentionPostNorm: "post_attention_layernorm"
    case .feedForwardNorm: configuration.isGemma ? "pre_feedforward_layernorm" : "post_attention_layernorm"
    case .gate: "mlp.gate_proj"
    case .up: "mlp.up_proj"
    case .feedForwardSubNorm: configuration.isOneBitLLM ? "mlp.ffn_layernorm" : "mlp.ffn_sub_norm"
    case .down: "mlp.down_proj"
    case .feedForwardPostNorm: "post_feedforward_layernorm"
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
      tiedEmbeddings: tiedEmbeddings, inputNormEpsilon: inputNormEpsilon, hasHeadNorms: hasHeadNorms,
      hasPostNorms: isGemma, embeddingScale: isGemma ? Double(hiddenSize).squareRoot() : 1,
      attentionScale: attentionScalar.map { 1 / $0.squareRoot() }, localAttention: localAttention)
  }
}
