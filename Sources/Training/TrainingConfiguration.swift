import Engine

/// Everything that a training run depends on: the same configuration gives the same model, to the bit.
public struct TrainingConfiguration: Sendable, Equatable {
  /// Where the vocabulary comes from.
  public enum Vocabulary: Sendable, Equatable {
    /// Byte-level BPE of so many entries, learnt from the text.
    case trained(entries: Int)
    /// A tokenizer.json, or a folder with one.
    case file(String)
  }

  /// How often, and on how much, the held-out text is measured.
  public struct Evaluation: Sendable, Equatable {
    /// Steps between two evaluations.
    public var everySteps: Int
    /// The most held-out sequences that one evaluation reads.
    public var sequencesMost: Int
    /// Evaluations without a lower loss after which the run ends; nil to go on to the last step.
    public var patience: Int?

    /// Makes a plan.
    public init(everySteps: Int, sequencesMost: Int, patience: Int?) {
      self.everySteps = everySteps
      self.sequencesMost = sequencesMost
      self.patience = patience
    }
  }

  /// What records call the model.
  public var name: String
  /// The model; its vocabulary counts only where the tokenizer is learnt.
  public var shape: TransformerShape
  /// Ternary, or the float twin.
  public var quantizer: Quantizer
  /// The text.
  public var corpus: Corpus
  /// The share of the text's sequences that is held out.
  public var validation: Double
  /// The vocabulary.
  public var vocabulary: Vocabulary
  /// Tokens of a sequence.
  public var context: Int
  /// Sequences of a step.
  public var sequences: Int
  /// Rates, decay and the number of steps.
  public var schedule: LearningSchedule
  /// The optimiser's constants.
  public var optimizer: AdamW
  /// The largest norm of all gradients together; larger ones are scaled down to it (arXiv:1211.5063).
  public var gradientNormMost: Double
  /// Standard deviation of the first weights: 0.02, that of GPT-2 and LLaMA.
  public var deviation: Double
  /// Decides the first weights and the order of the text.
  public var seed: UInt64
  /// When the held-out text is measured.
  public var evaluation: Evaluation
  /// Steps between two checkpoints.
  public var saveEverySteps: Int
  /// The folder that checkpoint, metrics, tokenizer and model are written to.
  public var output: String

  /// Makes a configuration; `validate` says whether it can be run.
  public init(
    name: String, shape: TransformerShape, quantizer: Quantizer, corpus: Corpus, validation: Double,
    vocabulary: Vocabulary, context: Int, sequences: Int, schedule: LearningSchedule, optimizer: AdamW = AdamW(),
    gradientNormMost: Double = 1, deviation: Double = 0.02, seed: UInt64, evaluation: Evaluation,
    saveEverySteps: Int, output: String
  ) {
    self.name = name
    self.shape = shape
    self.quantizer = quantizer
    self.corpus = corpus
    self.validation = validation
    self.vocabulary = vocabulary
    self.context = context
    self.sequences = sequences
    self.schedule = schedule
    self.optimizer = optimizer
    self.gradientNormMost = gradientNormMost
    self.deviation = deviation
    self.seed = seed
    self.evaluation = evaluation
    self.saveEverySteps = saveEverySteps
    self.output = output
  }

  /// Checks that the configuration can be run.
  ///
  /// - Throws: `TrainingError` or `EngineError` that names the setting, its value and what it should be.
  public func validate() throws {
    try TrainingModel.check(shape)
    func require(_ holds: Bool, _ problem: @autoclosure () -> String) throws {
      if !holds { throw TrainingError(.configuration, problem()) }
    }
    for (setting, value) in [
      ("context", context), ("sequences", sequences), ("steps", schedule.steps),
      ("evaluate_every", evaluation.everySteps),
      ("evaluation_sequences", evaluation.sequencesMost), ("save_every", saveEverySteps),
      ("patience", evaluation.patience ?? 1),
    ] {
      try require(value > 0, "\(setting) is \(value); it must be at least 1")
    }
    try require(
      context <= shape.context, "context is \(context), but the model is made for \(shape.context) positions")
    try require(
      sequences.multipliedReportingOverflow(by: context).partialValue < 1 << 24 && sequences < 1 << 24,
      "a step of \(sequences) sequences of \(context) tokens has more than 16 Mi of them; make it smaller")
    try require(
      (0...schedule.steps).contains(schedule.warmup),
      "warmup is \(schedule.warmup); it must be in 0...\(schedule.steps), the steps")
    try require(validation > 0 && validation < 1, "validation is \(validation); it must be above 0 and below 1")
    for (setting, value) in [
      ("learning_rate", schedule.peak), ("gradient_norm", gradientNormMost), ("initial_deviation", deviation),
    ] {
      try require(value.isFinite && value > 0, "\(setting) is \(value); it must be positive")
    }
    for (setting, value) in [
      ("learning_rate_end", schedule.stageEnd), ("second_learning_rate", schedule.secondPeak),
      ("weight_decay", schedule.weightDecay),
    ] {
      try require(value.isFinite && value >= 0, "\(setting) is \(value); it must not be negative")
    }
    try require(
      (0...1).contains(schedule.secondStage), "second_stage is \(schedule.secondStage); it is a share, 0 to 1")
    if case .trained(let entries) = vocabulary {
      try require(
        (TokenizerWriter.fixedEntries + 1...65_536).contains(entries),
        "vocabulary is \(entries); a learnt one has 259 to 65536 entries: 256 bytes, two special tokens, and merges")
    }
    if case .stories(let count, _) = corpus { try require(count > 0, "stories is \(count); at least 1 is needed") }
  }
}
