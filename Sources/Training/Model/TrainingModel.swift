import Engine
import Kernels

/// A BitNet b1.58 model in training: masters, and the memory of one batch.
///
/// Both graphs of BitNet b1.58 (arXiv:2402.17764 with SiLU, arXiv:2504.12285 with squared ReLU) are one here: norms
/// before attention and feed-forward, sub-norms before the output and down projections, tied embeddings.
final class TrainingModel {
  let shape: TransformerShape
  let parameters: Parameters
  /// Sequences of a batch, and tokens of each.
  let sequences: Int
  let context: Int

  let op: TrainingOperations
  let attention: AttentionShape
  let angles: RotaryAngles
  let layers: [LayerActivations]
  let work: StepWork

  /// Tokens of a batch.
  var tokens: Int { sequences * context }

  /// Takes the memory of a model and of a batch.
  ///
  /// - Throws: `EngineError` or `TrainingError` for a shape that cannot be trained; `KernelError` when the system has
  ///   not enough memory.
  init(_ shape: TransformerShape, quantizer: Quantizer, sequences: Int, context: Int, pool: ThreadPool) throws {
    try Self.check(shape)
    self.shape = shape
    self.sequences = sequences
    self.context = context
    parameters = try Parameters(shape)
    op = try TrainingOperations(pool: pool, quantizer: quantizer)
    attention = AttentionShape(shape, context: context)
    angles = RotaryAngles(headDim: shape.headDim, theta: shape.ropeTheta, context: context)
    layers = try (0..<shape.layers).map { _ in try LayerActivations(shape, tokens: sequences * context) }
    work = try StepWork(shape, attention: attention, tokens: sequences * context, threads: pool.threads)
  }

  /// Refuses what the operations do not do, beyond what the engine refuses.
  static func check(_ shape: TransformerShape) throws {
    try shape.validate()
    func refuse(_ what: String) -> TrainingError { TrainingError(.configuration, "model \(shape.name): \(what)") }
    for (name, width) in [
      ("hidden", shape.hidden), ("head_dim", shape.headDim), ("feed_forward", shape.feedForward),
    ] where !width.isMultiple(of: 8) {
      throw refuse("\(name) is \(width); it must be a multiple of 8, the floats of a register")
    }
    guard shape.activation != .gelu else { throw refuse("activation gelu cannot be trained; use relu2 or silu") }
    guard shape.subNorms, shape.tiedEmbeddings, shape.inputNormEpsilon == nil, !shape.headNorms, !shape.postNorms,
      shape.localAttention == nil, shape.attentionScale == nil, shape.embeddingScale == 1
    else { throw refuse("only BitNet b1.58's graph is trained: sub-norms, tied embeddings and no other norms") }
  }

  /// The mean loss of a batch in nats per token; with `gradients`, those of all parameters are made anew.
  ///
  /// ids, targets: [sequences · context], every id below the vocabulary.
  func loss(_ ids: [Int32], targets: [Int32], gradients: Bool) -> Double {
    precondition(ids.count == tokens && targets.count == tokens)
    parameters.quantize(op.quantizer, pool: op.pool)
    forward(ids)
    if gradients { op.clear(parameters.gradients.address, parameters.layout.count) }
    let layout = parameters.layout
    op.clear(work.dStates.address, tokens * shape.hidden)
    let sum = op.crossEntropy(
      work.states.address, tokens: tokens, width: shape.hidden, embedding: parameters.masters(layout.embedding),
      vocabulary: shape.vocabulary, targets: targets, work: work.logitsWork,
      gradients: gradients ? (work.dStates.address, parameters.gradients(layout.embedding)) : nil)
    if gradients { backward(ids) }
    return sum / Double(tokens)
  }

  /// What `loss` last gave, token by token: [sequences · context].
  var tokenLosses: UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: work.logitsWork.losses, count: tokens)
  }

  /// A projection as it is multiplied.
  func projection(_ entry: ParameterLayout.Entry) -> Projection {
    Projection(
      rows: entry.shape[0], columns: entry.shape[1], codes: parameters.codes.address + entry.offset,
      scale: parameters.scales.address[entry.index], gradient: parameters.gradients(entry))
  }
}
