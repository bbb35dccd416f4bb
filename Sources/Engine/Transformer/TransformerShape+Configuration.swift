import ModelFiles

extension TransformerShape {
  /// Takes the sizes of a model's files, and the format of its projections where they are dense; `name` is how records
  /// call it.
  ///
  /// - Throws: `EngineError` when they cannot be run, `ModelFileError` for a projection that is missing.
  public init(_ container: any ModelContainer, name: String) throws {
    // The sizes first: looking for projections walks as many layers as the file says.
    try self.init(container.model, name: name)
    denseWeights = try container.denseWeights()
  }

  /// Takes the sizes of a ternary model's files; `name` is how records call it.
  ///
  /// - Throws: `EngineError` when they cannot be run.
  public init(_ configuration: ModelConfiguration, name: String) throws {
    self.init(
      name: name,
      hidden: configuration.hiddenSize,
      layers: configuration.layers,
      heads: configuration.attentionHeads,
      kvHeads: configuration.keyValueHeads,
      headDim: configuration.headDim,
      feedForward: configuration.intermediateSize,
      vocabulary: configuration.vocabularySize,
      activation: Activation(configuration.activation),
      subNorms: configuration.hasSubNorms,
      ropeTheta: configuration.ropeTheta,
      rmsNormEpsilon: Float(configuration.rmsNormEpsilon),
      context: configuration.maxPositions,
      tiedEmbeddings: configuration.tiedEmbeddings,
      inputNormEpsilon: configuration.inputNormEpsilon.map { Float($0) },
      headNorms: configuration.hasHeadNorms,
      postNorms: configuration.hasPostNorms,
      embeddingScale: Float(configuration.embeddingScale),
      attentionScale: configuration.attentionScale.map { Float($0) },
      localAttention: configuration.localAttention,
      summary: "\(configuration.family) checkpoint",
      source: configuration.source)
    try validate()
  }
}

extension TransformerShape.Activation {
  fileprivate init(_ activation: ModelConfiguration.Activation) {
    switch activation {
    case .relu2: self = .relu2
    case .silu: self = .silu
    case .gelu: self = .gelu
    }
  }
}
