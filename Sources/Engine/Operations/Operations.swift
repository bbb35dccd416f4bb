import Kernels

/// The operations that a forward pass is made of.
///
/// Each acts on all tokens of a batch and uses every thread; none depends on how many threads there are, which kernel
/// runs, or how many tokens share the batch.
///
/// Why logits are byte-identical: ternary sums are exact integers; every float reduction over a vector has the order
/// of CK_LANES; softmax sums and weighted values run over keys in ascending order, by a rule that knows only the number
/// of keys; everything else is element-wise. Work is split between threads by rows, tokens or heads, never inside a
/// reduction.
struct Operations {
  let shape: TransformerShape
  let kernel: Kernel
  let pool: ThreadPool
  let vectors: VectorOps
  let rotary: RotaryTable
  let cache: KeyValueCache

  // Parts of the scratch; see `Scratch.Part` for their shapes.
  let sums: UnsafeMutablePointer<Int32>
  let prepared: UnsafeMutableRawPointer
  let scales: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Float>
  private let quantized: UnsafeMutablePointer<Int8>
  private let scores: UnsafeMutablePointer<Float>
  let width: Int
  let scoreStride: Int

  init(
    shape: TransformerShape, kernel: Kernel, pool: ThreadPool, rotary: RotaryTable, cache: KeyValueCache,
    scratch: Scratch
  ) {
    self.shape = shape
    self.kernel = kernel
    self.pool = pool
    self.rotary = rotary
    self.cache = cache
    vectors = VectorOps.best
    sums = scratch.raw(.sums).assumingMemoryBound(to: Int32.self)
    prepared = scratch.raw(.prepared)
    scales = scratch.floats(.scales)
    rows = scratch.floats(.rows)
    quantized = scratch.raw(.quantized).assumingMemoryBound(to: Int8.self)
    scores = scratch.floats(.scores)
    width = scratch.sizes.width
    scoreStride = AttentionBlock.scoreStride(context: cache.context)
  }

  /// Two rows of floats of one thread's own.
  func ownRows(_ thread: Int) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    let first = rows + thread * 2 * width
    return (first, first + width)
  }

  /// A row of Int8 of one thread's own.
  func ownBytes(_ thread: Int) -> UnsafeMutablePointer<Int8> { quantized + thread * width }

  /// The scores of one thread's attention block.
  func ownScores(_ thread: Int) -> UnsafeMutablePointer<Float> {
    scores + thread * AttentionBlock.rows(shape) * scoreStride
  }
}

/// Where activations are quantized, for the error that names the place.
struct Site {
  /// Nil after the last layer.
  let layer: Int?
  let input: String
}
