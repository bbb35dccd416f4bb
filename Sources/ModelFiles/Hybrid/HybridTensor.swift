/// A weight of a decoder-hybrid-decoder by what it is for, whatever a container calls it.
public enum HybridTensor: Hashable, Sendable {
  /// [vocabulary, hidden].
  case embedding
  /// [vocabulary, hidden].
  case head
  /// [hidden]: the weight of the LayerNorm before the head.
  case finalNorm
  /// [hidden].
  case finalNormBias
  /// A weight of one layer.
  case layer(Int, Part)

  /// A weight of a layer, in the order in which layers use them.
  ///
  /// Every projection is a part of its own, although checkpoints store some behind one another in one tensor: each has
  /// its own scale where it is ternary.
  public enum Part: String, Sendable, CaseIterable {
    case mixerNorm
    case mixerNormBias
    // Mamba: u, its gate z, the convolution; Δ's narrow form, B and C; Δ, A and D.
    case mambaInput
    case mambaGate
    case convolution
    case convolutionBias
    case selectionDelta
    case selectionB
    case selectionC
    case delta
    case deltaBias
    case decayLog
    case skip
    case mambaOutput
    // The gated memory unit.
    case memoryGate
    case memoryOutput
    // Differential attention.
    case query
    case queryBias
    case key
    case keyBias
    case value
    case valueBias
    case lambdaQ1
    case lambdaK1
    case lambdaQ2
    case lambdaK2
    case subNorm
    case attentionOutput
    case attentionOutputBias
    // The feed-forward.
    case feedForwardNorm
    case feedForwardNormBias
    case gate
    case up
    case down

    /// Whether it is a matrix that is ternary in a ternary model.
    ///
    /// Δ's wide projection is a matrix too, and is never ternary: its errors would add up in the state.
    public var isProjection: Bool {
      switch self {
      case .mambaInput, .mambaGate, .selectionDelta, .selectionB, .selectionC, .mambaOutput, .memoryGate, .memoryOutput,
        .query, .key, .value, .attentionOutput, .gate, .up, .down:
        true
      default: false
      }
    }

    /// What an inventory counts it among.
    var purpose: String {
      switch self {
      case _ where isProjection: "projections"
      case .mixerNorm, .mixerNormBias, .subNorm, .feedForwardNorm, .feedForwardNormBias: "norms"
      case .convolution, .convolutionBias, .delta, .deltaBias, .decayLog, .skip: "mamba"
      default: "attention"
      }
    }
  }
}

extension HybridLayerKind {
  /// The weights of a layer of this kind, in the order in which it uses them.
  public var parts: [HybridTensor.Part] {
    let keysAndValues: [HybridTensor.Part] = [.key, .keyBias, .value, .valueBias]
    let behind: [HybridTensor.Part] = [
      .lambdaQ1, .lambdaK1, .lambdaQ2, .lambdaK2, .subNorm, .attentionOutput, .attentionOutputBias,
    ]
    let mixer: [HybridTensor.Part] =
      switch self {
      case .mamba:
        [
          .mambaInput, .mambaGate, .convolution, .convolutionBias, .selectionDelta, .selectionB, .selectionC, .delta,
          .deltaBias, .decayLog, .skip, .mambaOutput,
        ]
      case .window, .full: [.query, .queryBias] + keysAndValues + behind
      case .gatedMemory: [.memoryGate, .memoryOutput]
      case .cross: [.query, .queryBias] + behind
      }
    return [.mixerNorm, .mixerNormBias] + mixer + [.feedForwardNorm, .feedForwardNormBias, .gate, .up, .down]
  }
}

extension HybridConfiguration {
  /// What a layer does before its feed-forward.
  public func kind(_ layer: Int) -> HybridLayerKind { HybridLayerKind(layer: layer, of: layers) }

  /// The shape of a weight, the slowest dimension first.
  public func shape(of tensor: HybridTensor) -> [Int] {
    let (c, s, d) = (innerSize, stateSize, headDim)
    let keys = keyValueHeads * d
    switch tensor {
    case .embedding, .head: return [vocabularySize, hiddenSize]
    case .finalNorm, .finalNormBias: return [hiddenSize]
    case .layer(_, let part):
      switch part {
      case .mixerNorm, .mixerNormBias, .feedForwardNorm, .feedForwardNormBias: return [hiddenSize]
      case .mambaInput, .mambaGate, .memoryGate: return [c, hiddenSize]
      case .convolution: return [c, convolutionWidth]
      case .convolutionBias, .deltaBias, .skip: return [c]
      case .selectionDelta: return [deltaRank, c]
      case .selectionB, .selectionC: return [s, c]
      case .delta: return [c, deltaRank]
      case .decayLog: return [c, s]
      case .mambaOutput, .memoryOutput: return [hiddenSize, c]
      case .query, .attentionOutput: return [hiddenSize, hiddenSize]
      case .key, .value: return [keys, hiddenSize]
      case .queryBias, .attentionOutputBias: return [hiddenSize]
      case .keyBias, .valueBias: return [keys]
      case .lambdaQ1, .lambdaK1, .lambdaQ2, .lambdaK2: return [d]
      case .subNorm: return [2 * d]
      case .gate, .up: return [intermediateSize, hiddenSize]
      case .down: return [hiddenSize, intermediateSize]
      }
    }
  }

  /// The weights of one layer, in the order in which it uses them.
  public func tensors(ofLayer layer: Int) -> [HybridTensor] { kind(layer).parts.map { .layer(layer, $0) } }
}
