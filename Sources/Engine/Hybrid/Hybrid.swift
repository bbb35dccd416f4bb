import Kernels
import ModelFiles

/// The weights of one decoder-hybrid-decoder, shared by any number of sessions.
public final class Hybrid: LanguageModel {
  /// Sizes and graph.
  public let shape: HybridShape
  /// How ternary weights lie in memory, in the order of `TransformerShape.Role`; none where no weight is ternary.
  public let packings: [Packing]
  /// Where the weights came from.
  public let source: ModelSource
  let weights: HybridWeights
  /// The weights that were put on certain memory nodes; nil where no node was asked for.
  let placed: PlacedMemory?

  init(
    shape: HybridShape, packings: [Packing], source: ModelSource, weights: HybridWeights, placed: PlacedMemory?
  ) {
    self.shape = shape
    self.packings = packings
    self.source = source
    self.weights = weights
    self.placed = placed
  }

  /// How the output head is stored.
  public var head: DenseFormat { weights.head.format }
  /// Bytes of all matrices of all layers, padding included.
  public var matrixBytes: Int { weights.layers.reduce(0) { $0 + $1.matrices.reduce(0) { $0 + $1.bytes } } }
  /// Bytes of the output head.
  public var headBytes: Int { weights.head.bytes }

  /// Bytes of all weights: matrices, head, the embedding where it is not the head, and what is never ternary.
  public var totalBytes: Int {
    let embedding = weights.embedding === weights.head ? 0 : weights.embedding.bytes
    let delta = weights.layers.reduce(0) { $0 + ($1.mamba?.delta.matrix.bytes ?? 0) }
    return matrixBytes + headBytes + embedding + delta + shape.floats * MemoryLayout<Float>.stride
  }

  /// Bytes of weights that reading a prompt takes: for each batch what leads to the keys and values of the full
  /// attention; what is behind them, and the head, for the last token alone.
  public func promptBytes(tokens: Int, batch: Int) -> Int {
    guard tokens > 0 else { return 0 }
    let leading = weights.layers.prefix(while: { if case .full = $0.mixer { false } else { true } })
    let bytes = leading.reduce(0) { $0 + $1.matrices.reduce(0) { $0 + $1.bytes } }
    let keyValue = weights.layers.dropFirst(leading.count).first?.mixer.matrices.first?.bytes ?? 0
    return (tokens - 1) / max(batch, 1) * (bytes + keyValue) + matrixBytes + headBytes
  }

  /// Makes an empty session.
  ///
  /// - Throws: `EngineError` for kernels that do not fit, and for more positions than the model has;
  ///   `KernelError` when the system has not enough memory.
  public func makeSession(
    kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int = 512, cacheFormat: CacheFormat = .f32
  ) throws -> Session {
    try Session(
      model: self, head: weights.head, kernels: kernels, pool: pool, context: context, batch: batch,
      cacheFormat: cacheFormat
    ) { batch in
      try HybridPass(
        model: self, kernels: kernels, pool: pool, context: context, batch: batch, cacheFormat: cacheFormat)
    }
  }

  /// Asks the kernel where the pages of the placed weights are; nil where no node was asked for.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  public func countPages() throws -> PagePlacement? { try placed?.count() }
}

/// Everything that a hybrid's forward pass reads and never writes.
struct HybridWeights: Sendable {
  // [vocabulary, hidden]
  let embedding: DenseMatrix
  /// [vocabulary, hidden]; the same object as `embedding` when they are tied.
  let head: DenseMatrix
  let finalNorm: LayerNorm
  let layers: [Layer]

  /// One layer: x += mixer(norm(x)), x += feed-forward(norm(x)).
  struct Layer: Sendable {
    let mixerNorm: LayerNorm
    let mixer: Mixer
    let feedForwardNorm: LayerNorm
    // hidden → [feedForward | feedForward]: gate and up
    let gateUp: Linear
    // feedForward → hidden
    let down: Linear

    var mamba: Mamba? { if case .mamba(let mamba) = mixer { mamba } else { nil } }
    /// In the order in which they are used.
    var matrices: [Linear] { mixer.matrices + [gateUp, down] }
  }

  /// What a layer does before its feed-forward.
  enum Mixer: Sendable {
    case mamba(Mamba)
    case window(DifferentialAttention)
    case full(DifferentialAttention)
    case gatedMemory(GatedMemory)
    case cross(DifferentialAttention)

    var matrices: [Linear] {
      switch self {
      case .mamba(let it): [it.input, it.selection, it.output]
      case .window(let it), .full(let it), .cross(let it): [it.keyValue, it.query, it.output].compactMap(\.self)
      case .gatedMemory(let it): [it.input, it.output]
      }
    }
  }
}
