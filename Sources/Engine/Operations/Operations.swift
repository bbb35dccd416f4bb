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
  let shape: TransformerShape
  let kernels: KernelPlan
  let pool: ThreadPool
  let vectors: VectorOps
  let rotary: RotaryTable
  /// The table of local layers, where there are any.
  let localRotary: RotaryTable?
  let cache: KeyValueCache

  // Parts of the scratch; see `Scratch.Part` for their shapes.
  let sums: UnsafeMutablePointer<Int32>
  let prepared: PreparedInputs
  let scales: UnsafeMutablePointer<Float>
  /// What a projection adds to the residual stream, where a norm comes first.
  let addend: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Float>
  private let quantized: UnsafeMutablePointer<Int8>
  private let attention: UnsafeMutablePointer<Float>
  private let attentionSizes: AttentionWork.Sizes
  let tileOuts: UnsafeMutablePointer<Float>
  let tileStates: UnsafeMutablePointer<AttentionState>
  let width: Int

  init(
    shape: TransformerShape, kernels: KernelPlan, pool: ThreadPool, rotary: RotaryTable, localRotary: RotaryTable?,
    cache: KeyValueCache, scratch: Scratch
  ) throws {
    self.shape = shape
    self.kernels = kernels
    self.pool = pool
    self.rotary = rotary
    self.localRotary = localRotary
    self.cache = cache
    vectors = VectorOps.best
    sums = scratch.raw(.sums).assumingMemoryBound(to: Int32.self)
    prepared = try PreparedInputs(first: scratch.raw(.prepared), bytes: scratch.sizes.preparedBytes, pool: pool)
    scales = scratch.floats(.scales)
    addend = scratch.floats(.addend)
    rows = scratch.floats(.rows)
    quantized = scratch.raw(.quantized).assumingMemoryBound(to: Int8.self)
    attention = scratch.floats(.attention)
    attentionSizes = AttentionWork.Sizes(shape)
    tileOuts = scratch.floats(.tileOuts)
    tileStates = scratch.raw(.tileStates).assumingMemoryBound(to: AttentionState.self)
    width = scratch.sizes.width
  }

  /// Two rows of floats of one thread's own.
  func ownRows(_ thread: Int) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    let first = rows + thread * 2 * width
    return (first, first + width)
  }

  /// A row of Int8 of one thread's own.
  func ownBytes(_ thread: Int) -> UnsafeMutablePointer<Int8> { quantized + thread * width }

  /// Halves of one thread's own, in the memory of its rows.
  func ownHalves(_ thread: Int) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(ownRows(thread).0).assumingMemoryBound(to: UInt16.self)
  }

  /// What one thread's attention block works in.
  func ownAttention(_ thread: Int) -> AttentionWork {
    AttentionWork(attention + thread * attentionSizes.floats, attentionSizes)
  }
}

/// Where activations are quantized, for the error that names the place.
struct Site {
  /// Nil after the last layer.
  let layer: Int?
  let input: String
}
