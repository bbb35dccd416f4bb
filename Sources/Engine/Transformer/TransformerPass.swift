import Kernels
import ModelFiles

/// A transformer's forward pass with its cache: the layers stand in `forward`, what is around them here.
final class TransformerPass: ForwardPass {
  var observer: (any ForwardObserver)?
  let op: Operations
  let linear: LinearOperations
  let attention: RotaryAttention
  let shape: TransformerShape
  let weights: Weights
  let x: UnsafeMutablePointer<Float>
  // [batch, rows of qkv]
  let qkv: UnsafeMutablePointer<Float>
  // [batch, heads·headDim]
  let attended: UnsafeMutablePointer<Float>
  // [batch, feedForward]
  let gated: UnsafeMutablePointer<Float>
  private let scratch: Scratch

  init(
    model: Transformer, kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int, cacheFormat: CacheFormat
  ) throws {
    shape = model.shape
    weights = model.weights
    scratch = try Scratch(
      ScratchSizes(
        shape: shape, kernels: kernels, head: model.head, context: context, batch: batch, threads: pool.threads))
    op = try Operations(
      .init(activation: shape.activation, rmsNormEpsilon: shape.rmsNormEpsilon, cacheFormat: cacheFormat),
      kernels: kernels, pool: pool, scratch: scratch)
    let isDense = shape.denseWeights != nil
    linear = LinearOperations(
      op: op, work: scratch.floats(.work), normed: isDense ? scratch.floats(.normed) : nil)
    attention = RotaryAttention(
      op, shape: shape,
      rotary: try RotaryTable(
        headDim: shape.turnedDim, theta: shape.ropeTheta, factors: weights.rotaryFactors, context: context, pool: pool),
      localRotary: try shape.localAttention.map { [shape] in
        try RotaryTable(headDim: shape.turnedDim, theta: $0.ropeTheta, context: context, pool: pool)
      },
      cache: try KeyValueCache(shape: shape, context: context, format: cacheFormat), scratch: scratch)
    x = scratch.floats(.hidden)
    qkv = scratch.floats(.qkv)
    attended = scratch.floats(.attended)
    gated = scratch.floats(.gated)
  }

  /// Positions after the first `position` are written over: it can go back to any.
  func rewind(to position: Int) -> Int { position }

  func remember(_ position: Int) {}

  func fill(to position: Int, seed: UInt64) throws {
    try attention.cache.fill(positions: position, seed: seed, pool: op.pool)
  }

  func runMatrices(tokens: Int) {
    for layer in weights.layers {
      for role in TransformerShape.Role.allCases { run(role, of: layer, tokens: tokens) }
    }
  }

  func runMatrices(tokens: Int, role: TransformerShape.Role, layers: Int) {
    for layer in weights.layers.prefix(layers) { run(role, of: layer, tokens: tokens) }
  }

  /// Without a site nothing throws.
  private func run(_ role: TransformerShape.Role, of layer: Weights.Layer, tokens: Int) {
    switch role {
    case .qkv: try? linear.multiply(layer.qkv, x, tokens: tokens, into: qkv, at: nil)
    case .output:
      try? linear.multiply(
        layer.output, attended, tokens: tokens, norm: layer.attentionPostNorm, addingTo: x, at: nil)
    case .gateUp: try? linear.multiplyGated(layer.gateUp, x, tokens: tokens, into: gated, at: nil)
    case .down:
      try? linear.multiply(layer.down, gated, tokens: tokens, norm: layer.feedForwardPostNorm, addingTo: x, at: nil)
    }
  }
}

extension Transformer: LanguageModel {
  /// Makes an empty session.
  ///
  /// - Throws: as `Session.init`.
  public func makeSession(
    kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int, cacheFormat: CacheFormat
  ) throws -> Session {
    try Session(
      model: self, kernels: kernels, pool: pool, context: context, batch: batch, cacheFormat: cacheFormat)
  }
}
