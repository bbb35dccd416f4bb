extension HybridCheckpoint {
  static let headName = "lm_head.weight"

  /// How a weight is stored: its rows alone, where others stand in the same tensor.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func stored(_ tensor: HybridTensor) throws -> StoredTensor {
    let place = place(of: tensor)
    let stored = try self.tensor(place.name)
    let bytes = stored.elements == 0 ? 0 : stored.byteCount / stored.elements * place.count
    return StoredTensor(name: stored.name, typeName: stored.type.rawValue, byteCount: bytes)
  }

  /// A small weight, whole.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func floats(_ tensor: HybridTensor) throws -> [Float] {
    let place = place(of: tensor)
    let floats = try self.tensor(place.name).finiteFloats(shape: place.shape)
    return Array(floats[place.first..<place.first + place.count])
  }

  /// A matrix, or its rows of a tensor that holds several.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func matrix(_ tensor: HybridTensor) throws -> StoredMatrix {
    let place = place(of: tensor)
    let stored = try self.tensor(place.name)
    try stored.requireFloats(shape: place.shape)
    let columns = place.shape[1]
    return StoredMatrix(stored).rows(place.first / columns..<(place.first + place.count) / columns)
  }

  /// None: checkpoints of this family hold floats.
  ///
  /// - Throws: `ModelFileError`.
  public func projection(_ tensor: HybridTensor, forEachRow: RowLoop) throws -> TernaryTensor {
    throw try matrix(tensor).error("is dense; tern convert --ternarize absmean makes it ternary, as an experiment")
  }

  private func tensor(_ name: String) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw ModelFileError(
        file: path, part: name,
        problem: "is missing, though config.json calls for it; the checkpoint is incomplete or of another family")
    }
    return tensor
  }

  // MARK: - Where a weight stands

  /// A tensor of the files, and the elements of it that are the weight.
  private struct Place {
    let name: String
    let shape: [Int]
    var first = 0
    let count: Int
  }

  private func place(of tensor: HybridTensor) -> Place {
    let shape = configuration.shape(of: tensor)
    let count = shape.reduce(1, *)
    switch tensor {
    case .embedding: return Place(name: "model.embed_tokens.weight", shape: shape, count: count)
    case .head: return Place(name: Self.headName, shape: shape, count: count)
    case .finalNorm: return Place(name: "model.final_layernorm.weight", shape: shape, count: count)
    case .finalNormBias: return Place(name: "model.final_layernorm.bias", shape: shape, count: count)
    case .layer(let layer, let part):
      let name = "model.layers.\(layer).\(name(part))"
      // A convolution over one channel each, in torch's words.
      if part == .convolution { return Place(name: name, shape: [shape[0], 1, shape[1]], count: count) }
      let together = together(with: part, in: configuration.kind(layer))
      let sizes = together.map { configuration.shape(of: .layer(layer, $0)) }
      let before = together.firstIndex(of: part) ?? 0
      return Place(
        name: name, shape: [sizes.reduce(0) { $0 + $1[0] }] + shape.dropFirst(),
        first: sizes[..<before].reduce(0) { $0 + $1.reduce(1, *) }, count: count)
    }
  }

  /// What stands in one tensor with a weight, in the order in which it does.
  private func together(with part: HybridTensor.Part, in kind: HybridLayerKind) -> [HybridTensor.Part] {
    var tensors: [[HybridTensor.Part]] = [
      [.mambaInput, .mambaGate], [.selectionDelta, .selectionB, .selectionC], [.gate, .up],
    ]
    if kind != .cross { tensors += [[.query, .key, .value], [.queryBias, .keyBias, .valueBias]] }
    return tensors.first { $0.contains(part) } ?? [part]
  }

  private func name(_ part: HybridTensor.Part) -> String {
    switch part {
    case .mixerNorm: "input_layernorm.weight"
    case .mixerNormBias: "input_layernorm.bias"
    case .mambaInput, .mambaGate, .memoryGate: "attn.in_proj.weight"
    case .convolution: "attn.conv1d.weight"
    case .convolutionBias: "attn.conv1d.bias"
    case .selectionDelta, .selectionB, .selectionC: "attn.x_proj.weight"
    case .delta: "attn.dt_proj.weight"
    case .deltaBias: "attn.dt_proj.bias"
    case .decayLog: "attn.A_log"
    case .skip: "attn.D"
    case .mambaOutput, .memoryOutput, .attentionOutput: "attn.out_proj.weight"
    case .query, .key, .value: "attn.Wqkv.weight"
    case .queryBias, .keyBias, .valueBias: "attn.Wqkv.bias"
    case .lambdaQ1: "attn.inner_cross_attn.lambda_q1"
    case .lambdaK1: "attn.inner_cross_attn.lambda_k1"
    case .lambdaQ2: "attn.inner_cross_attn.lambda_q2"
    case .lambdaK2: "attn.inner_cross_attn.lambda_k2"
    case .subNorm: "attn.inner_cross_attn.subln.weight"
    case .attentionOutputBias: "attn.out_proj.bias"
    case .feedForwardNorm: "post_attention_layernorm.weight"
    case .feedForwardNormBias: "post_attention_layernorm.bias"
    case .gate, .up: "mlp.fc1.weight"
    case .down: "mlp.fc2.weight"
    }
  }
}
