import Engine

/// A model and its optimiser, one batch at a time: what a training run repeats.
public final class Learner {
  /// What a step found.
  public struct Findings: Sendable, Equatable {
    /// The mean loss of the batch before the step, nats per token.
    public let loss: Double
    /// The norm of all gradients together.
    public let gradientNorm: Double
    /// The learning rate of the step.
    public let learningRate: Double
    /// The weight decay of the step.
    public let weightDecay: Double
  }

  let model: TrainingModel
  private let configuration: TrainingConfiguration
  private let pool: ThreadPool

  /// Takes the memory of a model with so many entries in its vocabulary, and of a batch; no weight has a value yet.
  ///
  /// - Throws: `EngineError` or `TrainingError` for a shape that cannot be trained; `KernelError` when the system has
  ///   not enough memory.
  public init(_ configuration: TrainingConfiguration, vocabulary: Int, pool: ThreadPool) throws {
    self.configuration = configuration
    self.pool = pool
    var shape = configuration.shape
    shape.vocabulary = vocabulary
    model = try TrainingModel(
      shape, quantizer: configuration.quantizer, sequences: configuration.sequences, context: configuration.context,
      pool: pool)
  }

  /// Gives every weight its first value.
  public func initialise() {
    model.parameters.initialise(seed: configuration.seed, deviation: Float(configuration.deviation))
  }

  /// Tokens of a step.
  public var tokens: Int { model.tokens }

  /// Multiply-adds of a step's matrix products: output, input's gradient and weights' gradient of every projection and
  /// of the head.
  ///
  /// Attention's own products are not in it.
  public var productMultiplyAdds: Int {
    model.parameters.layout.entries.reduce(0) { $1.kind == .norm ? $0 : $0 + 3 * $1.count * tokens }
  }

  /// Learns from one batch, as the step behind `step` others.
  ///
  /// inputs, targets: [sequences · context] ids below the vocabulary.
  ///
  /// - Throws: `TrainingError` when the loss or a gradient is not finite, naming the first place that is not; the weights
  ///   then are what they were.
  public func learn(_ inputs: [Int32], targets: [Int32], step: Int) throws -> Findings {
    let loss = model.loss(inputs, targets: targets, gradients: true)
    let norm = model.parameters.gradientNorm(pool: pool)
    guard loss.isFinite, norm.isFinite else { throw notFinite(loss: loss, step: step) }
    let (learningRate, weightDecay) = configuration.schedule.values(at: step)
    configuration.optimizer.step(
      model.parameters, step: step + 1, learningRate: learningRate, weightDecay: weightDecay,
      factor: min(1, configuration.gradientNormMost / max(norm, .leastNormalMagnitude)), pool: pool)
    return Findings(loss: loss, gradientNorm: norm, learningRate: learningRate, weightDecay: weightDecay)
  }

  func notFinite(loss: Double, step: Int) -> TrainingError {
    let place = model.firstNonFinite() ?? "the sum of all gradients, which are finite one by one"
    return TrainingError(
      .nonFinite,
      "step \(step + 1): the loss is \(loss) or a gradient is not finite; first found in \(place). "
        + "The last checkpoint is kept: resume it with a lower learning_rate or gradient_norm")
  }
}
