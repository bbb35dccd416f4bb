import Engine
import Foundation
import ModelFiles

/// One training run: text, model, optimiser, and the folder that it writes to.
///
/// The folder holds `tokenizer.json`, `checkpoint.safetensors` (the newest state), `metrics.csv`, and `model/`, the state
/// with the lowest loss of the held-out text, as `tern convert` reads it.
public final class TrainingRun {
  /// What a run is doing, for whoever shows it.
  public enum Event: Sendable {
    /// A step is done.
    case step(StepMetrics)
    /// The newest state is on the disk.
    case saved(step: Int)
    /// The held-out text has become likelier: `model/` is written anew.
    case improved(loss: Double)
  }

  /// How a run ended.
  public enum Outcome: Sendable, Equatable {
    /// After the last step.
    case finished
    /// The held-out text did not become likelier for as many evaluations as the configuration's patience.
    case stoppedEarly
    /// Somebody asked for it; the state is saved.
    case interrupted
  }

  /// What was asked for.
  public let configuration: TrainingConfiguration
  /// The shape with the tokenizer's vocabulary.
  public var shape: TransformerShape { model.shape }
  /// The text.
  public let stream: TokenStream
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// Steps done so far.
  public var step: Int { state.step }
  /// The lowest loss of the held-out text; nil before the first evaluation.
  public var bestLoss: Double? { state.bestLoss.isFinite ? state.bestLoss : nil }

  var model: TrainingModel { learner.model }
  private let learner: Learner
  private let tokenizerFolder: String
  private let fingerprint: UInt64
  private var state = TrainingCheckpoint.State()
  private var order: PieceOrder

  /// Reads the text, learns the vocabulary, and makes the weights or, when resuming, reads them.
  ///
  /// - Throws: `TrainingError` or `EngineError` for settings, text or a checkpoint that do not fit; `ModelFileError` for
  ///   files; `KernelError` when the system has not enough memory.
  public init(_ configuration: TrainingConfiguration, pool: ThreadPool, resume: Bool) throws {
    try configuration.validate()
    self.configuration = configuration
    let checkpoint = Self.checkpoint(in: configuration.output)
    let isThere = FileManager.default.fileExists(atPath: checkpoint)
    guard isThere == resume else {
      throw TrainingError(
        .checkpoint,
        resume
          ? "\(checkpoint): there is no checkpoint to resume; train without --resume"
          : "\(checkpoint): is there from an earlier run; go on with --resume, or train into another folder")
    }
    try FileManager.default.createDirectory(atPath: configuration.output, withIntermediateDirectories: true)
    let documents = try configuration.corpus.documents()
    tokenizerFolder = try Self.tokenizerFolder(configuration, documents, resume: resume)
    tokenizer = try Tokenizer(path: tokenizerFolder)
    stream = try TokenStream(
      Corpus.ids(documents, tokenizer), context: configuration.context, validation: configuration.validation)
    fingerprint = Self.fingerprint(stream, configuration)
    order = PieceOrder(pieces: stream.trainingPieces, seed: configuration.seed)
    learner = try Learner(configuration, vocabulary: tokenizer.vocabularySize, pool: pool)
    if resume {
      state = try TrainingCheckpoint.load(checkpoint, into: learner.model.parameters, fingerprint: fingerprint)
    } else {
      learner.initialise()
    }
  }

  /// Learns until the last step, until nothing is gained any more, or until `isInterrupted` says so.
  ///
  /// - Throws: `TrainingError` when the loss or a gradient is not finite, naming the first place that is not: the
  ///   checkpoint then is that of the last good step that was saved; `ModelFileError` for a full disk.
  public func run(isInterrupted: () -> Bool = { false }, _ observe: (Event) -> Void = { _ in }) throws -> Outcome {
    let metrics = try MetricsFile(
      path: configuration.output + "/metrics.csv", layers: shape.layers, after: state.step)
    let steps = configuration.schedule.steps
    while state.step < steps {
      if isInterrupted() {
        try save(observe)
        return .interrupted
      }
      var row = try learn()
      let isLast = state.step == steps
      if isLast || state.step.isMultiple(of: configuration.evaluation.everySteps) {
        row.zerosByLayer = configuration.quantizer == .ternary ? model.zerosByLayer : nil
        row.validationLoss = try evaluate(observe)
      }
      try metrics.append(row)
      observe(.step(row))
      if isLast || state.step.isMultiple(of: configuration.saveEverySteps) { try save(observe) }
      if let patience = configuration.evaluation.patience, state.evaluationsWithoutGain >= patience {
        try save(observe)
        return .stoppedEarly
      }
    }
    return .finished
  }

  // MARK: - Steps

  private func learn() throws -> StepMetrics {
    let clock = ContinuousClock()
    let start = clock.now
    var inputs: [Int32] = []
    var targets: [Int32] = []
    for piece in order.batch(step: state.step, sequences: configuration.sequences) {
      stream.append(piece: piece, to: &inputs, targets: &targets)
    }
    let found = try learner.learn(inputs, targets: targets, step: state.step)
    state.step += 1
    let time = start.duration(to: clock.now).components
    let seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
    return StepMetrics(
      step: state.step, tokens: state.step * model.tokens, loss: found.loss, learningRate: found.learningRate,
      weightDecay: found.weightDecay, gradientNorm: found.gradientNorm,
      tokensPerSecond: Double(model.tokens) / seconds)
  }

  /// The mean loss of the held-out text, nats per token.
  public func validationLoss() -> Double {
    let pieces = min(stream.validationPieces, configuration.evaluation.sequencesMost)
    var sum = 0.0
    for first in stride(from: 0, to: pieces, by: model.sequences) {
      let count = min(model.sequences, pieces - first)
      var inputs: [Int32] = []
      var targets: [Int32] = []
      // The last batch is filled up with its first sequence, whose second loss nobody reads.
      for index in 0..<model.sequences {
        stream.append(
          piece: stream.trainingPieces + first + (index < count ? index : 0), to: &inputs, targets: &targets)
      }
      _ = model.loss(inputs, targets: targets, gradients: false)
      sum = model.tokenLosses.prefix(count * model.context).reduce(sum, +)
    }
    return sum / Double(pieces * model.context)
  }

  private func evaluate(_ observe: (Event) -> Void) throws -> Double {
    let loss = validationLoss()
    guard loss.isFinite else { throw learner.notFinite(loss: loss, step: state.step) }
    if loss < state.bestLoss {
      state.bestLoss = loss
      state.evaluationsWithoutGain = 0
      try export()
      observe(.improved(loss: loss))
    } else {
      state.evaluationsWithoutGain += 1
    }
    return loss
  }

  // MARK: - Files

  private func save(_ observe: (Event) -> Void) throws {
    try TrainingCheckpoint.save(
      state, model.parameters, fingerprint: fingerprint, to: Self.checkpoint(in: configuration.output))
    observe(.saved(step: state.step))
  }

  /// Writes the model as it is; the float twin is not one that can be run, and leaves no model.
  private func export() throws {
    guard configuration.quantizer == .ternary else { return }
    try ModelExport.write(
      model.parameters, shape, tokenizer: tokenizer, tokenizerFolder: tokenizerFolder,
      to: configuration.output + "/model")
  }

  /// Where a run's folder keeps its newest state.
  public static func checkpoint(in folder: String) -> String { folder + "/checkpoint.safetensors" }

  private static func tokenizerFolder(
    _ configuration: TrainingConfiguration, _ documents: [String], resume: Bool
  ) throws -> String {
    switch configuration.vocabulary {
    case .file(let path):
      return path.hasSuffix("/tokenizer.json") ? String(path.dropLast("/tokenizer.json".count)) : path
    case .trained(let entries):
      if !resume {
        try TokenizerWriter.train(documents, vocabulary: entries, into: configuration.output)
      }
      return configuration.output
    }
  }

  /// A hash of all that decides which tokens which step sees (FNV-1a, 64 bits).
  private static func fingerprint(_ stream: TokenStream, _ configuration: TrainingConfiguration) -> UInt64 {
    let numbers =
      [stream.context, stream.trainingPieces, configuration.sequences, Int(truncatingIfNeeded: configuration.seed)]
      + stream.ids.map(Int.init)
    return numbers.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64(bitPattern: Int64($1))) &* 0x100_0000_01b3 }
  }
}
