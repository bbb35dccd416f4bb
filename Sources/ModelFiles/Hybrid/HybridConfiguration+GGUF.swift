extension HybridConfiguration {
  /// A metadata key behind the architecture's name: "phi4flash.block_count".
  static func key(_ name: String) -> String { "\(modelType).\(name)" }

  private static let ggufNames = Names(
    hidden: key(GGUFKey.embeddingLength), layers: key(GGUFKey.blockCount), heads: key(GGUFKey.headCount),
    keyValueHeads: key(GGUFKey.headCountKV), epsilon: key(GGUFKey.layerNormEpsilon))

  /// Reads and checks the metadata of a GGUF file.
  ///
  /// - Throws: `ModelFileError` that names the file and the key.
  init(_ file: GGUFFile) throws {
    let metadata = file.metadata
    func size(_ name: String) throws -> Int {
      let key = Self.key(name)
      let value = try metadata.require(key, metadata.integer(key))
      guard (1...Self.sizeMax).contains(value) else {
        throw metadata.error(key, "\(value) is not in 1...\(Self.sizeMax)")
      }
      return value
    }
    let epsilon = Self.key(GGUFKey.layerNormEpsilon)
    self.init(
      path: file.path, hiddenSize: try size(GGUFKey.embeddingLength),
      intermediateSize: try size(GGUFKey.feedForwardLength), layers: try size(GGUFKey.blockCount),
      attentionHeads: try size(GGUFKey.headCount), keyValueHeads: try size(GGUFKey.headCountKV),
      vocabularySize: try size(GGUFKey.vocabularySize), maxPositions: try size(GGUFKey.contextLength),
      window: try size(GGUFKey.slidingWindow),
      layerNormEpsilon: try metadata.require(epsilon, metadata.number(epsilon)),
      stateSize: try size(GGUFKey.stateSize), convolutionWidth: try size(GGUFKey.convolutionKernel),
      innerSize: try size(GGUFKey.innerSize), deltaRank: try size(GGUFKey.timeStepRank),
      tiedEmbeddings: file.tensor(GGUFHybrid.name(.head)) == nil)
    try checkSizes(Self.ggufNames)
  }

  /// The same as keys of a GGUF file.
  var keys: [(key: String, value: GGUFValue)] {
    let sizes = [
      (GGUFKey.contextLength, maxPositions), (GGUFKey.embeddingLength, hiddenSize), (GGUFKey.blockCount, layers),
      (GGUFKey.feedForwardLength, intermediateSize), (GGUFKey.headCount, attentionHeads),
      (GGUFKey.headCountKV, keyValueHeads), (GGUFKey.slidingWindow, window),
      (GGUFKey.convolutionKernel, convolutionWidth), (GGUFKey.innerSize, innerSize), (GGUFKey.stateSize, stateSize),
      (GGUFKey.timeStepRank, deltaRank),
      (GGUFKey.vocabularySize, vocabularySize),
    ]
    return sizes.map { (Self.key($0), .uint32(UInt32($1))) }
      + [(Self.key(GGUFKey.layerNormEpsilon), .float32(Float(layerNormEpsilon)))]
  }
}
