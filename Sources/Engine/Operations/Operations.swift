import Kernels

/// The operations that a forward pass is made of.
///
/// Each acts on all tokens of a batch and uses every thread; none depends on how many threads there are, which kernel
/// runs, or how many tokens share the batch.
///
/// Why logits are byte-identical: ternary sums are exact integers; every float reduction over a vector has the order
/// of CK_LANES; attention goes through a token's keys in tiles that begin at fixed positions, in ascending order;
/// everything else is element-wise. Work is split between threads by rows, tokens or heads, never inside a
/// reduction.
struct Operations {
  /// What a model chooses of them.
  struct Choices {
    let activation: TransformerShape.Activation
    /// Added to the mean square in every RMSNorm.
    let rmsNormEpsilon: Float
    /// How keys and values are kept, for the error that a number is too large.
    let cacheFormat: CacheFormat
  }

  let choices: Choices
  let kernels: KernelPlan
  let pool: ThreadPool
  let vectors: VectorOps

  // Parts of the scratch; see `Scratch.Part` for their shapes.
  let sums: UnsafeMutablePointer<Int32>
  let prepared: PreparedInputs
  let scales: UnsafeMutablePointer<Float>
  /// What a projection adds to the residual stream, where a norm comes first.
  let addend: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Float>
  private let quantized: UnsafeMutablePointer<Int8>
  let width: Int

  init(_ choices: Choices, kernels: KernelPlan, pool: ThreadPool, scratch: Scratch) throws {
    self.choices = choices
    self.kernels = kernels
    self.pool = pool
    vectors = VectorOps.best
    sums = scratch.raw(.sums).assumingMemoryBound(to: Int32.self)
    prepared = try PreparedInputs(first: scratch.raw(.prepared), bytes: scratch.sizes.preparedBytes, pool: pool)
    scales = scratch.floats(.scales)
    addend = scratch.floats(.addend)
    rows = scratch.floats(.rows)
    quantized = scratch.raw(.quantized).assumingMemoryBound(to: Int8.self)
    width = scratch.sizes.width
  }

  /// Two rows of floats of one thread's own.
  func ownRows(_ thread: Int) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    let first = rows + thread * 2 * width
    return (first, first + width)
  }

  /// A row of Int8 of one thread's own.
  func ownBytes(_ thread: Int) -> UnsafeMutablePointer<Int8> { quantized + thread * width }

  /// Room for a key in the format of the cache, in the memory of a thread's rows.
  func ownKey(_ thread: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(ownRows(thread).0) }
}

/// Where activations are quantized, for the error that names the place.
struct Site {
  /// Nil after the last layer.
  let layer: Int?
  let input: String
}
