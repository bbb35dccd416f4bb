import ModelFiles

extension TransformerShape {
  /// Takes the sizes of a model's files; `name` is how records call it.
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
      activation: configuration.activation == .relu2 ? .relu2 : .silu,
      subNorms: configuration.hasSubNorms,
      ropeTheta: configuration.ropeTheta,
      rmsNormEpsilon: Float(configuration.rmsNormEpsilon),
      context: configuration.maxPositions,
      tiedEmbeddings: configuration.tiedEmbeddings,
      summary: "\(configuration.family) checkpoint",
      source: configuration.source)
    try validate()
  }
}
