extension TrainingRecord {
  /// The shape that is trained.
  public struct Model: Codable, Sendable, Equatable {
    /// What the projections are rounded to: "ternary", or "none" for the float twin.
    public var quantizer: String
    /// All parameters, the tied embedding counted once.
    public var parameters: Int
    /// Those of the projections, which the ternary model rounds.
    public var parametersTernary: Int
    /// Decoder layers.
    public var layers: Int
    /// Width of the residual stream.
    public var hidden: Int
    /// Query heads.
    public var heads: Int
    /// Key and value heads.
    public var kvHeads: Int
    /// Width of a head.
    public var headDim: Int
    /// Width of the feed-forward.
    public var feedForward: Int
    /// Entries of the vocabulary.
    public var vocabulary: Int
    /// The non-linearity of the gate: "relu2", "silu".
    public var activation: String
    /// Positions that the model is made for.
    public var positions: Int

    enum CodingKeys: String, CodingKey {
      case quantizer, parameters, layers, hidden, heads, vocabulary, activation, positions
      case parametersTernary = "parameters_ternary"
      case kvHeads = "kv_heads"
      case headDim = "head_dim"
      case feedForward = "feed_forward"
    }

    /// Makes a model.
    public init(
      quantizer: String, parameters: Int, parametersTernary: Int, layers: Int, hidden: Int, heads: Int, kvHeads: Int,
      headDim: Int, feedForward: Int, vocabulary: Int, activation: String, positions: Int
    ) {
      self.quantizer = quantizer
      self.parameters = parameters
      self.parametersTernary = parametersTernary
      self.layers = layers
      self.hidden = hidden
      self.heads = heads
      self.kvHeads = kvHeads
      self.headDim = headDim
      self.feedForward = feedForward
      self.vocabulary = vocabulary
      self.activation = activation
      self.positions = positions
    }
  }

  /// The text that is learnt from.
  public struct Text: Codable, Sendable, Equatable {
    /// Where it comes from, in words: "30000 stories of the grammar, seed 1", or its files.
    public var source: String
    /// Tokens of the whole text.
    public var tokens: Int
    /// Sequences to learn from.
    public var sequencesTrain: Int
    /// Sequences held out at the end.
    public var sequencesHeldOut: Int

    enum CodingKeys: String, CodingKey {
      case source, tokens
      case sequencesTrain = "sequences_train"
      case sequencesHeldOut = "sequences_held_out"
    }

    /// Makes a text.
    public init(source: String, tokens: Int, sequencesTrain: Int, sequencesHeldOut: Int) {
      self.source = source
      self.tokens = tokens
      self.sequencesTrain = sequencesTrain
      self.sequencesHeldOut = sequencesHeldOut
    }
  }

  /// How it is learnt.
  public struct Settings: Codable, Sendable, Equatable {
    /// Decides the first weights and the order of the text.
    public var seed: UInt64
    /// Tokens of a sequence.
    public var context: Int
    /// Sequences of a step.
    public var sequences: Int
    /// Steps of the whole run.
    public var steps: Int
    /// Steps until the peak rate.
    public var warmup: Int
    /// The rate after the warm-up.
    public var learningRate: Double
    /// The rate at the end of the first stage.
    public var learningRateEnd: Double
    /// The step, counted from 0, with which the second stage begins.
    public var secondStageStep: Int
    /// The rate with which the second stage begins; it falls to 0.
    public var secondLearningRate: Double
    /// The decay of the first stage; the second has none.
    public var weightDecay: Double
    /// How slowly AdamW's mean of the gradients forgets.
    public var beta1: Double
    /// How slowly AdamW's mean of their squares forgets.
    public var beta2: Double
    /// What AdamW adds to the divisor.
    public var epsilon: Double
    /// Gradients with a larger norm are scaled down to it.
    public var gradientNormMost: Double
    /// Standard deviation of the first weights.
    public var initialDeviation: Double
    /// Steps between evaluations of the held-out text.
    public var evaluateEverySteps: Int

    enum CodingKeys: String, CodingKey {
      case seed, context, sequences, steps, warmup, beta1, beta2, epsilon
      case learningRate = "learning_rate"
      case learningRateEnd = "learning_rate_end"
      case secondStageStep = "second_stage_step"
      case secondLearningRate = "second_learning_rate"
      case weightDecay = "weight_decay"
      case gradientNormMost = "gradient_norm_most"
      case initialDeviation = "initial_deviation"
      case evaluateEverySteps = "evaluate_every_steps"
    }

    /// Makes settings.
    public init(
      seed: UInt64, context: Int, sequences: Int, steps: Int, warmup: Int, learningRate: Double,
      learningRateEnd: Double, secondStageStep: Int, secondLearningRate: Double, weightDecay: Double, beta1: Double,
      beta2: Double, epsilon: Double, gradientNormMost: Double, initialDeviation: Double, evaluateEverySteps: Int
    ) {
      self.seed = seed
      self.context = context
      self.sequences = sequences
      self.steps = steps
      self.warmup = warmup
      self.learningRate = learningRate
      self.learningRateEnd = learningRateEnd
      self.secondStageStep = secondStageStep
      self.secondLearningRate = secondLearningRate
      self.weightDecay = weightDecay
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.gradientNormMost = gradientNormMost
      self.initialDeviation = initialDeviation
      self.evaluateEverySteps = evaluateEverySteps
    }
  }
}
