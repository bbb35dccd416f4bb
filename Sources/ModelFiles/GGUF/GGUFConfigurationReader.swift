/// Reads a model's sizes and choices from the metadata of a GGUF file, with suspicion.
struct GGUFConfigurationReader {
  let file: GGUFFile
  let architecture: GGUFArchitecture
  var metadata: GGUFMetadata { file.metadata }

  /// - Throws: `ModelFileError` for an architecture that the engine does not have.
  init(_ file: GGUFFile) throws {
    self.file = file
    let key = GGUFKey.architecture
    let name = try file.metadata.require(key, file.metadata.string(key))
    guard name != HybridConfiguration.modelType else {
      throw file.metadata.error(key, "\"\(name)\" is a hybrid, and only a transformer will do here")
    }
    guard let architecture = GGUFArchitecture(rawValue: name) else {
      let known = GGUFArchitecture.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw file.metadata.error(
        key, "\"\(name)\" is not supported; \(known) are, where their projections are ternary")
    }
    self.architecture = architecture
  }

  /// Sizes and choices.
  ///
  /// - Throws: `ModelFileError` that names the key.
  func configuration() throws -> ModelConfiguration {
    let heads = try size(GGUFKey.headCount)
    let hidden = try size(GGUFKey.embeddingLength)
    let headDim = try optionalSize(GGUFKey.keyLength) ?? hidden / heads
    let epsilon = try metadata.require(name(GGUFKey.normEpsilon), metadata.number(name(GGUFKey.normEpsilon)))
    var configuration = ModelConfiguration(
      family: architecture.rawValue, source: file.path, hiddenSize: hidden,
      intermediateSize: try size(GGUFKey.feedForwardLength),
      layers: try size(GGUFKey.blockCount),
      attentionHeads: heads,
      keyValueHeads: try optionalSize(GGUFKey.headCountKV) ?? heads,
      headDim: headDim,
      vocabularySize: try vocabularySize(),
      maxPositions: try size(GGUFKey.contextLength),
      ropeTheta: try metadata.number(name(GGUFKey.ropeBase)) ?? Self.ropeBaseDefault,
      rmsNormEpsilon: epsilon,
      activation: try statedActivation() ?? architecture.activation,
      hasSubNorms: architecture.hasSubNorms,
      tiedEmbeddings: try tiedEmbeddings(),
      inputNormEpsilon: hasInputNorms ? epsilon : nil,
      hasHeadNorms: architecture.hasHeadNorms,
      hasPostNorms: architecture.hasPostNorms,
      embeddingScale: architecture == .gemma3 ? Double(hidden).squareRoot() : 1,
      attentionScale: try attentionScale(),
      pooling: try pooling())
    try check(configuration)
    configuration.localAttention = try localAttention(layers: configuration.layers)
    return configuration
  }

  /// What positions are divided by.
  ///
  /// - Throws: `ModelFileError` for positions that are scaled in another way than linearly.
  func positionDivisor() throws -> Double {
    let key = name(GGUFKey.ropeScalingType)
    let type = try metadata.string(key)
    guard type == nil || type == "none" || type == "linear" else {
      throw metadata.error(key, "\"\(type ?? "")\" is not supported, only \"linear\"; positions would be wrong")
    }
    guard type != "none" else { return 1 }
    let factorKey = name(GGUFKey.ropeScalingFactor)
    let linear = try metadata.number(factorKey) ?? metadata.number(name(GGUFKey.ropeScaleLinear)) ?? 1
    // Converters write 0 for "not scaled".
    let factor = linear == 0 ? 1 : linear
    guard factor.isFinite, factor > 0 else { throw metadata.error(factorKey, "\(factor) is not a positive number") }
    return factor
  }

  /// What a user should know.
  func notes(_ configuration: ModelConfiguration) throws -> [ModelNote] {
    var notes: [ModelNote] = []
    if try statedActivation() == nil, architecture == .bitnet, looksLike2B4T(configuration) {
      notes.append(
        ModelNote(
          id: "W-activation",
          text: "\(file.path) calls itself \"bitnet\", which means SiLU, and has the sizes of BitNet b1.58 2B4T, which "
            + "has ReLU²: if its text is senseless, make a file that says so with tern convert --activation relu2"))
    }
    if architecture.usesEmbeddingAsHead, configuration.tiedEmbeddings, file.tensor("output.weight") != nil {
      notes.append(
        ModelNote(
          id: "W-head",
          text: "\(file.path) holds output.weight, but \"\(architecture.rawValue)\" computes logits with "
            + "token_embd.weight, as llama.cpp does"))
    }
    if let how = metadata[GGUFKey.ternarized]?.string {
      notes.append(
        ModelNote(
          id: "W-ternarized",
          text: "\(file.path) was made ternary after training (--ternarize \(how)), which ruins the text: use it for "
            + "experiments alone"))
    }
    return notes
  }

  /// Refuses tensors that the graph has no place for: leaving out a bias would only show in the text.
  func refuseStrangers(_ configuration: ModelConfiguration) throws {
    var known: Set = ["output.weight"]
    for tensor in configuration.tensors {
      let name = GGUFArchitecture.name(tensor)
      known.insert("\(name).weight")
      guard case .layer(_, let part) = tensor, part.isProjection else { continue }
      known.insert("\(name).scale")
      if configuration.inputNormEpsilon != nil {
        known.insert("\(GGUFArchitecture.inputNormName(tensor)).weight")
      }
    }
    if architecture == .llama { known.insert(GGUFArchitecture.rotaryFactorsName) }
    if let stranger = file.tensors.first(where: { !known.contains($0.name) }) {
      throw stranger.error(
        "has no place in architecture \"\(architecture.rawValue)\" with \(configuration.layers) layers; leaving it out "
          + "would make wrong text, so the file is not loaded")
    }
  }

  // MARK: - Single values

  /// llama.cpp's, where a file does not say.
  private static let ropeBaseDefault = 10_000.0

  /// Far above any model, and small enough that no product of two sizes overflows.
  private static let sizeMax = 1 << 28

  func name(_ key: String) -> String { "\(architecture.rawValue).\(key)" }

  private func size(_ key: String) throws -> Int {
    try metadata.require(name(key), optionalSize(key))
  }

  func optionalSize(_ key: String) throws -> Int? {
    guard let value = try metadata.integer(name(key)) else { return nil }
    guard (1...Self.sizeMax).contains(value) else {
      throw metadata.error(name(key), "\(value) is not in 1...\(Self.sizeMax)")
    }
    return value
  }

  /// The key, or the embedding's rows where there is none.
  private func vocabularySize() throws -> Int {
    if let stated = try optionalSize(GGUFKey.vocabularySize) { return stated }
    let name = "\(GGUFArchitecture.name(.embedding)).weight"
    guard let rows = file.tensor(name)?.shape.first, (1...Self.sizeMax).contains(rows) else {
      throw metadata.error(
        self.name(GGUFKey.vocabularySize),
        "is missing, and there is no \(name) whose rows could be counted; the file holds no whole model")
    }
    return rows
  }

  private func statedActivation() throws -> ModelConfiguration.Activation? {
    let key = name(GGUFKey.hiddenActivation)
    guard let stated = try metadata.string(key) else { return nil }
    guard let activation = ModelConfiguration.Activation(rawValue: stated) else {
      throw metadata.error(key, "\"\(stated)\" is none of \"relu2\", \"silu\" and \"gelu_pytorch_tanh\"")
    }
    return activation
  }

  private func tiedEmbeddings() throws -> Bool {
    guard file.tensor("\(GGUFArchitecture.name(.head)).weight") != nil else { return true }
    return try metadata.bool(name(GGUFKey.tiedEmbeddings)) ?? architecture.usesEmbeddingAsHead
  }

  /// Key heads that several query heads share, or the vocabulary of Llama 3: 1bitLLM's models have neither.
  private func looksLike2B4T(_ configuration: ModelConfiguration) -> Bool {
    configuration.keyValueHeads != configuration.attentionHeads || configuration.vocabularySize == 128_256
  }

  private func check(_ configuration: ModelConfiguration) throws {
    // Before anybody makes a list of all layers' tensors.
    guard configuration.layers <= file.tensors.count else {
      throw metadata.error(
        name(GGUFKey.blockCount),
        "\(configuration.layers) layers, but the file has \(file.tensors.count) tensors; it is damaged or holds no model"
      )
    }
    guard configuration.attentionHeads.isMultiple(of: configuration.keyValueHeads) else {
      throw metadata.error(
        name(GGUFKey.headCountKV),
        "\(configuration.keyValueHeads) does not divide the \(configuration.attentionHeads) of \(GGUFKey.headCount)")
    }
    guard configuration.headDim.isMultiple(of: 2) else {
      throw metadata.error(
        name(GGUFKey.keyLength), "heads of \(configuration.headDim) are odd, but rotary positions turn pairs")
    }
    for key in [GGUFKey.valueLength, GGUFKey.ropeDimensions] {
      if let value = try optionalSize(key), value != configuration.headDim {
        throw metadata.error(name(key), "\(value) differs from the width of a head, \(configuration.headDim)")
      }
    }
    if let experts = try metadata.integer(name(GGUFKey.expertCount)), experts > 0 {
      throw metadata.error(name(GGUFKey.expertCount), "\(experts) experts are not supported")
    }
    guard configuration.ropeTheta.isFinite, configuration.ropeTheta > 0 else {
      throw metadata.error(name(GGUFKey.ropeBase), "\(configuration.ropeTheta) is not positive")
    }
    guard configuration.rmsNormEpsilon.isFinite, configuration.rmsNormEpsilon >= 0 else {
      throw metadata.error(name(GGUFKey.normEpsilon), "\(configuration.rmsNormEpsilon) is not a small positive number")
    }
  }
}
