import Kernels

/// The weights of one model, packed once for one packing or dense as they are, shared by any number of sessions.
public final class Transformer: Sendable {
  /// Sizes and graph.
  public let shape: TransformerShape
  /// How the ternary weights lie in memory, in the order of `TransformerShape.Role`; every plan with these packings can
  /// run them; none where the weights are dense.
  public let packings: [Packing]
  /// Where the weights came from.
  public let source: ModelSource
  /// The weights that were put on certain memory nodes; nil where no node was asked for.
  let placed: PlacedMemory?
  let weights: Weights

  init(
    shape: TransformerShape, packings: [Packing], source: ModelSource, weights: Weights, placed: PlacedMemory? = nil
  ) {
    self.shape = shape
    self.packings = packings
    self.placed = placed
    self.source = source
    self.weights = weights
  }

  /// How the output head is stored.
  public var head: DenseFormat { weights.head.format }

  /// Bytes of all matrices of all layers, padding included: what decoding one token reads.
  public var matrixBytes: Int { weights.layers.reduce(0) { $0 + $1.matrices.reduce(0) { $0 + $1.bytes } } }

  /// All of `matrixBytes` where the matrices are ternary, none where they are dense.
  public var ternaryBytes: Int { packings.isEmpty ? 0 : matrixBytes }

  /// Bytes of the output head: what computing one token's logits reads.
  public var headBytes: Int { weights.head.bytes }

  /// Bytes of weights that reading a prompt takes: every matrix once for each batch, and the head once.
  ///
  /// Of the last layer, all batches but the last need nothing beyond the keys and values.
  public func promptBytes(tokens: Int, batch: Int) -> Int {
    guard tokens > 0, let last = weights.layers.last else { return 0 }
    let earlier = (tokens - 1) / max(batch, 1)
    let behindKeys = last.matrices.reduce(-last.qkv.bytes) { $0 + $1.bytes }
    return earlier * (matrixBytes - behindKeys) + matrixBytes + headBytes
  }

  /// Bytes of all weights: matrices, head, the embedding where it is not the head, norms.
  public var totalBytes: Int {
    let embedding = weights.embedding === weights.head ? 0 : weights.embedding.bytes
    let norms = weights.layers.reduce(weights.finalNorm.count) { $0 + $1.normCount }
    return matrixBytes + headBytes + embedding + norms * MemoryLayout<Float>.stride
  }
}

/// Where a model's weights came from.
public enum ModelSource: Sendable, Equatable {
  /// Generated from a seed.
  case synthetic(seed: UInt64)
  /// Read from files; `sha256` as `Checkpoint.sha256()` defines it, nil when it was not asked for.
  case file(path: String, sha256: String?, format: String)
}
