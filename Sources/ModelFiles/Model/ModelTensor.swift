/// A weight of a decoder-only transformer by what it is for, whatever a container calls it.
public enum ModelTensor: Hashable, Sendable {
  /// [vocabulary, hidden].
  case embedding
  /// [vocabulary, hidden].
  case head
  /// [hidden].
  case finalNorm
  /// A weight of one layer.
  case layer(Int, Part)

  /// A weight that every layer has, in the order in which a layer uses them.
  public enum Part: String, Sendable, CaseIterable {
    case attentionNorm
    case query
    case key
    case value
    case queryHeadNorm
    case keyHeadNorm
    case attentionSubNorm
    case attentionOutput
    case attentionPostNorm
    case feedForwardNorm
    case gate
    case up
    case feedForwardSubNorm
    case down
    case feedForwardPostNorm

    /// Whether it is a ternary matrix; the others are norms.
    public var isProjection: Bool {
      switch self {
      case .query, .key, .value, .attentionOutput, .gate, .up, .down: true
      case .attentionNorm, .queryHeadNorm, .keyHeadNorm, .attentionSubNorm, .attentionPostNorm, .feedForwardNorm,
        .feedForwardSubNorm, .feedForwardPostNorm:
        false
      }
    }
  }
}

extension ModelConfiguration {
  /// The weights of a layer, in the order in which it uses them.
  public var layerParts: [ModelTensor.Part] {
    ModelTensor.Part.allCases.filter { part in
      switch part {
      case .attentionSubNorm, .feedForwardSubNorm: hasSubNorms
      case .queryHeadNorm, .keyHeadNorm: hasHeadNorms
      case .attentionPostNorm, .feedForwardPostNorm: hasPostNorms
      case .attentionNorm, .query, .key, .value, .attentionOutput, .feedForwardNorm, .gate, .up, .down: true
      }
    }
  }

  /// The shape of a weight, the slowest dimension first.
  public func shape(of tensor: ModelTensor) -> [Int] {
    let (queries, keys) = (attentionHeads * headDim, keyValueHeads * headDim)
    switch tensor {
    case .embedding, .head: return [vocabularySize, hiddenSize]
    case .finalNorm: return [hiddenSize]
    case .layer(_, let part):
      switch part {
      case .attentionNorm, .attentionPostNorm, .feedForwardNorm, .feedForwardPostNorm: return [hiddenSize]
      case .queryHeadNorm, .keyHeadNorm: return [headDim]
      case .attentionSubNorm: return [queries]
      case .feedForwardSubNorm: return [intermediateSize]
      case .query: return [queries, hiddenSize]
      case .key, .value: return [keys, hiddenSize]
      case .attentionOutput: return [hiddenSize, queries]
      case .gate, .up: return [intermediateSize, hiddenSize]
      case .down: return [hiddenSize, intermediateSize]
      }
    }
  }

  /// Every weight that the model has, in the order in which a forward pass uses them.
  public var tensors: [ModelTensor] {
    let parts = layerParts
    let inLayers = (0..<layers).flatMap { layer in parts.map { ModelTensor.layer(layer, $0) } }
    return [.embedding] + inLayers + [.finalNorm] + (tiedEmbeddings ? [] : [.head])
  }
}
