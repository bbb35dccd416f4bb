import ModelFiles

extension TransformerShape {
  /// Takes the sizes of a checkpoint; `name` is how records call it.
  ///
  /// - Throws: `EngineError` when they cannot be run.
  public init(_ configuration: HuggingFaceConfiguration, name: String) throws {
    self.init(
      name: name,
      hidden: configuration.hiddenSize,
      layers: configuration.hiddenLayers,
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
      summary: "\(configuration.modelType) checkpoint",
      source: configuration.path)
    try validate()
  }
}
