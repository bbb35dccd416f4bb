import Kernels

/// A hybrid's forward pass with its state: convolution tails and hidden states of Mamba layers, the last keys and values
/// of window layers, all of those of the full attention.
final class HybridPass: ForwardPass {
  var observer: (any ForwardObserver)?
  let op: Operations
  let linear: LinearOperations
  let mamba: MambaOperations
  let nearby: DifferentialOperations
  let everywhere: DifferentialOperations
  let shape: HybridShape
  let weights: HybridWeights
  let state: MambaState

  // [batch, hidden]
  let x: UnsafeMutablePointer<Float>
  // [batch, hidden], and [batch, rank] of a Mamba layer's Δ
  let normed: UnsafeMutablePointer<Float>
  // [batch, rows of an input projection]
  let projected: UnsafeMutablePointer<Float>
  // [batch, channels]
  let convolved: UnsafeMutablePointer<Float>
  // [batch, rows of x_proj]
  let selected: UnsafeMutablePointer<Float>
  // [batch, channels]
  let memory: UnsafeMutablePointer<Float>
  // [batch, widest input of an output projection]
  let mixed: UnsafeMutablePointer<Float>
  let ones: UnsafePointer<Float>
  private let scratch: Scratch

  /// The state at a position to come back to, where there is one.
  private var kept = 0
  /// The first position that no key of a window layer was stored for since then.
  private var reach = 0
  private let keptState: MambaState
  private let keptWindow: KeyValueCache

  init(
    model: Hybrid, kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int, cacheFormat: CacheFormat
  ) throws {
    shape = model.shape
    guard context <= shape.context else {
      throw EngineError(
        .context,
        "\(context) positions are more than max_position_embeddings of \(shape.name), \(shape.context); ask for fewer")
    }
    weights = model.weights
    scratch = try Scratch(
      HybridScratch(
        shape: shape, kernels: kernels, head: model.head, context: context, batch: batch, threads: pool.threads))
    op = try Operations(
      .init(activation: .silu, rmsNormEpsilon: DifferentialAttention.epsilon, cacheFormat: cacheFormat),
      kernels: kernels, pool: pool, scratch: scratch)
    let ones = scratch.floats(.ones)
    ones.update(repeating: 1, count: max(shape.channels, shape.hidden))
    self.ones = UnsafePointer(ones)
    linear = LinearOperations(op: op, work: scratch.floats(.work))
    mamba = MambaOperations(op: op, shape: shape, ones: self.ones)
    let windowLayout = shape.windowCache(context: context, batch: batch)
    nearby = DifferentialOperations(
      op, shape: shape, cache: try KeyValueCache(windowLayout, format: cacheFormat), window: shape.window,
      scratch: scratch)
    everywhere = DifferentialOperations(
      op, shape: shape, cache: try KeyValueCache(shape.fullCache(context: context), format: cacheFormat), window: nil,
      scratch: scratch)
    state = try MambaState(shape)
    keptState = try MambaState(shape)
    keptWindow = try KeyValueCache(windowLayout, format: cacheFormat)
    x = scratch.floats(.hidden)
    normed = scratch.floats(.normed)
    projected = scratch.floats(.projected)
    convolved = scratch.floats(.convolved)
    selected = scratch.floats(.selected)
    memory = scratch.floats(.memory)
    mixed = scratch.floats(.mixed)
  }

  // [batch, widest]: what lives within one operation
  var work: UnsafeMutablePointer<Float> { linear.work }

  /// Only to what was remembered last, or to the start: what recurs cannot be undone.
  func rewind(to position: Int) -> Int {
    if kept > position { kept = 0 }
    if kept == 0 {
      state.reset()
      reach = 0
      return 0
    }
    state.copy(keptState)
    // As long as none of the window's keys was written over, they are where they were.
    if reach - kept > nearby.cache.layout.slots - shape.window + 1 {
      nearby.cache.copy(keptWindow)
      reach = kept
    }
    return kept
  }

  func remember(_ position: Int) {
    guard position > 0 else { return }
    kept = position
    reach = position
    keptState.copy(state)
    keptWindow.copy(nearby.cache)
  }

  func fill(to position: Int, seed: UInt64) throws {
    try nearby.cache.fill(positions: position, seed: seed, pool: op.pool)
    try everywhere.cache.fill(positions: position, seed: seed + 1, pool: op.pool)
    state.fill(seed: seed + 2)
    extend(to: position)
  }

  func normaliseStates(first: Int, rows: Int) throws {
    let x = x + first * shape.hidden
    try op.normalise(
      x, tokens: rows, norm: weights.finalNorm, ones: ones, into: x, at: Site(layer: nil, input: "the head"))
    observer?.finished(.finalNorm, layer: nil)
  }

  /// Says that keys up to a position will be stored.
  func extend(to position: Int) { reach = max(reach, position) }

  // MARK: - Matrices alone

  func runMatrices(tokens: Int) {
    for layer in weights.layers { for matrix in layer.matrices { run(matrix, tokens: tokens) } }
  }

  func runMatrices(tokens: Int, role: TransformerShape.Role, layers: Int) {
    for layer in weights.layers.prefix(layers) {
      for matrix in layer.matrices where matrix.role == role { run(matrix, tokens: tokens) }
    }
  }

  /// Without a site nothing throws.
  private func run(_ matrix: Linear, tokens: Int) {
    switch matrix.role {
    case .qkv: try? linear.multiply(matrix, normed, tokens: tokens, into: projected, at: nil)
    case .gateUp: try? linear.multiplyGated(matrix, normed, tokens: tokens, into: mixed, at: nil)
    case .output where matrix.parts.count > 1:
      try? linear.multiply(matrix, convolved, tokens: tokens, into: selected, at: nil)
    case .output, .down: try? linear.multiply(matrix, mixed, tokens: tokens, addingTo: x, at: nil)
    }
  }
}
