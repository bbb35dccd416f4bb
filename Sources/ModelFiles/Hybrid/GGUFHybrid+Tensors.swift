import Kernels

extension GGUFHybrid {
  /// How a weight is stored.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func stored(_ tensor: HybridTensor) throws -> StoredTensor {
    let stored = try self.tensor(tensor)
    return StoredTensor(name: stored.name, typeName: stored.type.name, byteCount: stored.byteCount)
  }

  /// A small weight, whole.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func floats(_ tensor: HybridTensor) throws -> [Float] {
    try self.tensor(tensor).finiteFloats(shape: configuration.shape(of: tensor))
  }

  /// A matrix of floats.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func matrix(_ tensor: HybridTensor) throws -> StoredMatrix {
    let stored = try shaped(tensor)
    guard stored.type.isReadable, !stored.type.isTernary else {
      throw stored.error("is stored as \(stored.type.name), which is not read as floats; convert the model again")
    }
    return StoredMatrix(stored)
  }

  /// The ternary weights of a projection.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func projection(_ tensor: HybridTensor, forEachRow: RowLoop) throws -> TernaryTensor {
    let stored = try shaped(tensor)
    let (rows, columns) = (stored.shape[0], stored.shape[1])
    let (storage, scale) = try stored.ternary(
      columns: columns, layout: .blocksOf128, mayBeMasters: false, forEachRow: forEachRow)
    return TernaryTensor(rows: rows, columns: columns, scale: scale, storage: storage)
  }

  private func shaped(_ tensor: HybridTensor) throws -> GGUFTensor {
    let stored = try self.tensor(tensor)
    try stored.require(shape: configuration.shape(of: tensor))
    return stored
  }

  private func tensor(_ tensor: HybridTensor) throws -> GGUFTensor {
    let name = Self.name(tensor)
    guard let stored = file.tensor(name) else {
      throw ModelFileError(
        file: path, part: name,
        problem: "is missing, though a model of architecture \"\(HybridConfiguration.modelType)\" has it; the file is "
          + "incomplete: convert or download it again")
    }
    return stored
  }

  // MARK: - Names

  /// What a weight is called: llama.cpp's words where it has such a tensor.
  static func name(_ tensor: HybridTensor) -> String {
    switch tensor {
    case .embedding: "token_embd.weight"
    case .head: "output.weight"
    case .finalNorm: "output_norm.weight"
    case .finalNormBias: "output_norm.bias"
    case .layer(let layer, let part): "blk.\(layer).\(name(part))"
    }
  }

  /// What a projection is called among those of all layers: "ffn_gate".
  static func role(_ part: HybridTensor.Part) -> String {
    let name = name(part)
    return name.hasSuffix(".weight") ? String(name.dropLast(".weight".count)) : name
  }

  private static func name(_ part: HybridTensor.Part) -> String {
    switch part {
    case .mixerNorm: "attn_norm.weight"
    case .mixerNormBias: "attn_norm.bias"
    case .mambaInput: "ssm_in.weight"
    case .mambaGate: "ssm_gate.weight"
    case .convolution: "ssm_conv1d.weight"
    case .convolutionBias: "ssm_conv1d.bias"
    case .selectionDelta: "ssm_x_dt.weight"
    case .selectionB: "ssm_x_b.weight"
    case .selectionC: "ssm_x_c.weight"
    case .delta: "ssm_dt.weight"
    case .deltaBias: "ssm_dt.bias"
    // llama.cpp's ssm_a holds −exp of it, from which the stored number could not be had back.
    case .decayLog: "ssm_a_log"
    case .skip: "ssm_d"
    case .mambaOutput: "ssm_out.weight"
    case .memoryGate: "gmu_in.weight"
    case .memoryOutput: "gmu_out.weight"
    case .query: "attn_q.weight"
    case .queryBias: "attn_q.bias"
    case .key: "attn_k.weight"
    case .keyBias: "attn_k.bias"
    case .value: "attn_v.weight"
    case .valueBias: "attn_v.bias"
    case .lambdaQ1: "attn_lambda_q1"
    case .lambdaK1: "attn_lambda_k1"
    case .lambdaQ2: "attn_lambda_q2"
    case .lambdaK2: "attn_lambda_k2"
    case .subNorm: "attn_sub_norm.weight"
    case .attentionOutput: "attn_output.weight"
    case .attentionOutputBias: "attn_output.bias"
    case .feedForwardNorm: "ffn_norm.weight"
    case .feedForwardNormBias: "ffn_norm.bias"
    case .gate: "ffn_gate.weight"
    case .up: "ffn_up.weight"
    case .down: "ffn_down.weight"
    }
  }
}
