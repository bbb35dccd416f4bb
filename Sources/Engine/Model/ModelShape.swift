import Kernels
import ModelFiles

/// Sizes and choices of a model that can be run: what commands, records and memory checks ask, whatever the graph.
public protocol ModelShape: Sendable {
  /// How suites and records call it.
  var name: String { get }
  /// What it is, in a few words.
  var summary: String { get }
  /// Where its numbers are published.
  var source: String { get }
  /// Width of the residual stream.
  var hidden: Int { get }
  /// Layers.
  var layers: Int { get }
  /// Query heads.
  var heads: Int { get }
  /// Key and value heads.
  var kvHeads: Int { get }
  /// Width of a head.
  var headDim: Int { get }
  /// Width of the feed-forward.
  var feedForward: Int { get }
  /// Rows of the embedding and of the head.
  var vocabulary: Int { get }
  /// Positions that the model was trained for.
  var context: Int { get }
  /// The non-linearity of the feed-forward gate.
  var activation: TransformerShape.Activation { get }
  /// Whether the head is the embedding.
  var tiedEmbeddings: Bool { get }
  /// All weights.
  var parameters: Int { get }
  /// Weights of all ternary matrices.
  var ternaryParameters: Int { get }
  /// Weights of all matrices of all layers, ternary or not.
  var matrixParameters: Int { get }
  /// The format of the matrices of the layers where these are not ternary; nil where they are.
  var denseWeights: DenseFormat? { get }
  /// A transformer with the matrices that the kernels of this one are chosen by.
  var kernelShape: TransformerShape { get }

  /// Checks that it can be run.
  ///
  /// - Throws: `EngineError` that names the shape, the size and what it should be.
  func validate() throws

  /// Multiply-accumulates of all matrices for a prompt of which the last token alone gets logits, and for as many
  /// tokens after it; the head is not counted.
  func matrixProducts(prompt: Int, generate: Int) -> Int

  /// Counts what weights and one session take, before anything is allocated; a number that would not fit 64 bits is
  /// `Int.max`.
  func memoryNeed(
    kernels: KernelPlan, head: DenseFormat, context: Int, batch: Int, threads: Int, cacheFormat: CacheFormat
  ) -> MemoryNeed

  /// What a layer does before its feed-forward.
  func kind(_ layer: Int) -> HybridShape.LayerKind

  /// Bytes of keys, values and recurrent state that decoding the token at a position reads, each as often as it is
  /// read; those of its own position included.
  func cacheBytesRead(position: Int, format: CacheFormat) -> Int

  /// Bytes that the token at a position adds to what is kept; those that take the place of others do not count.
  func cacheBytesAdded(position: Int, format: CacheFormat) -> Int

  /// Generates weights, the same for every kernel, packing, head format and thread count.
  ///
  /// - Throws: `EngineError` for a shape that cannot be run, `KernelError` when the system has not enough memory.
  func makeModel(seed: UInt64, kernels: KernelPlan, head: DenseFormat, pool: ThreadPool) throws -> any LanguageModel
}

extension ModelShape {
  /// Checks that the embedding and the head can be stored in a format.
  ///
  /// - Throws: `EngineError` that names the shape, its hidden width and the formats that would do.
  public func validate(head: DenseFormat) throws {
    if let refusal = head.refusal(columns: hidden) {
      throw EngineError(
        .shape,
        "shape \(name): a head of hidden width \(hidden) cannot be stored as \(head.rawValue): \(refusal)")
    }
  }

  /// Matrices of [vocabulary, hidden]: the embedding, and the head where it is another.
  var embeddings: Int { tiedEmbeddings ? 1 : 2 }

  /// The plan that multiplies this shape's matrices: none of ternary kernels where they are dense.
  func effective(_ kernels: KernelPlan) -> KernelPlan {
    denseWeights.map { KernelPlan(dense: DenseKernel.best(for: $0)) } ?? kernels
  }

  /// Checks that a plan multiplies matrices of the kind that these are.
  ///
  /// - Throws: `EngineError` that names the kernel and says what to do.
  func validate(kernels: KernelPlan) throws {
    switch (denseWeights, kernels.dense) {
    case (nil, nil), (.some, .some): return
    case (.some, nil):
      throw EngineError(
        .mismatch,
        "kernel \(kernels.name) multiplies ternary weights, and those of \(name) are dense; \(DenseAdvice.text)")
    case (nil, .some):
      throw EngineError(.mismatch, "\(kernels.name) multiplies dense weights, and those of \(name) are ternary")
    }
  }
}

extension TransformerShape: ModelShape {
  /// Itself.
  public var kernelShape: TransformerShape { self }

  /// Multiply-accumulates of all matrices; in the last layer all but the last token of a prompt end with their keys and
  /// values.
  public func matrixProducts(prompt: Int, generate: Int) -> Int {
    let behindKeys = matrices.filter { $0.role != .qkv }
    let skipped = max(prompt - 1, 0) * behindKeys.reduce(0) { $0 + $1.rows * $1.columns }
    return (prompt + generate) * matrixParameters - skipped
  }

  /// Attention to the last positions in local layers, to all in others.
  public func kind(_ layer: Int) -> HybridShape.LayerKind { localAttention?.isLocal(layer) == true ? .window : .full }

  /// A key and a value of each head for every position that a layer sees.
  public func cacheBytesRead(position: Int, format: CacheFormat) -> Int {
    let seen = (0..<layers).map { layer in
      kind(layer) == .window ? min(localAttention?.window ?? 0, position + 1) : position + 1
    }
    return seen.reduce(0, +) * cacheLayout(context: context).positionBytes(format)
  }

  /// A key and a value of each head and layer: local layers keep all positions too.
  public func cacheBytesAdded(position: Int, format: CacheFormat) -> Int {
    layers * cacheLayout(context: context).positionBytes(format)
  }

  /// As `MemoryNeed.of` counts.
  public func memoryNeed(
    kernels: KernelPlan, head: DenseFormat, context: Int, batch: Int, threads: Int, cacheFormat: CacheFormat
  ) -> MemoryNeed {
    MemoryNeed.of(
      self, kernels: kernels, head: head, context: context, batch: batch, threads: threads, cacheFormat: cacheFormat)
  }

  /// As `Transformer.synthetic`.
  ///
  /// - Throws: as `Transformer.synthetic`.
  public func makeModel(
    seed: UInt64, kernels: KernelPlan, head: DenseFormat, pool: ThreadPool
  ) throws -> any LanguageModel {
    try Transformer.synthetic(self, seed: seed, kernels: kernels, head: head, pool: pool)
  }
}
