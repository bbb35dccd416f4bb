/// A decoder-hybrid-decoder on disk: what it is, and its weights by what they are for.
///
/// Opening one reads headers; weights are read when they are asked for.
public protocol StoredHybrid: StoredModel {
  /// Sizes and choices.
  var configuration: HybridConfiguration { get }
  /// Whether the output head is the embedding.
  var tiedEmbeddings: Bool { get }
  /// Whether its projections are ternary, all of them, and their inputs rounded to int8 as in BitNet b1.58.
  var isTernary: Bool { get }

  /// How a weight is stored; it is not read.
  ///
  /// - Throws: `ModelFileError` when it is missing.
  func stored(_ tensor: HybridTensor) throws -> StoredTensor

  /// A small weight, whole.
  ///
  /// - Throws: `ModelFileError` that names the tensor when it is missing, of another shape, or not finite.
  func floats(_ tensor: HybridTensor) throws -> [Float]

  /// A matrix of floats: the embedding, the head, Δ's, and the projections where they are dense.
  ///
  /// - Throws: `ModelFileError` that names the tensor when it is missing, of another shape, or no floats.
  func matrix(_ tensor: HybridTensor) throws -> StoredMatrix

  /// The ternary weights of a projection and their scale, where projections are ternary.
  ///
  /// - Parameter forEachRow: used where a scale is found only by reading all weights.
  /// - Throws: `ModelFileError` that names the tensor when it is missing, of another shape, or not ternary.
  func projection(_ tensor: HybridTensor, forEachRow: RowLoop) throws -> TernaryTensor
}

extension StoredHybrid {
  /// Every weight that the model has, in the order in which a forward pass uses them.
  public var tensors: [HybridTensor] {
    let inLayers = (0..<configuration.layers).flatMap(configuration.tensors(ofLayer:))
    return [.embedding] + inLayers + [.finalNorm, .finalNormBias] + (tiedEmbeddings ? [] : [.head])
  }
}
