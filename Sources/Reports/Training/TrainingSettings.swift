import Records

/// The settings of a training run as rows of a table.
enum TrainingSettings {
  /// One setting.
  struct Row {
    let name: String
    let explanation: String
    let value: String
    /// Whether two runs that differ in it learn something else; the quantizer is what twins differ in.
    var decides = true
  }

  static func rows(_ record: TrainingRecord) -> [Row] {
    model(record.model) + text(record) + rates(record.settings)
  }

  private static func model(_ model: TrainingRecord.Model) -> [Row] {
    [
      Row(
        name: "Projections", explanation: "what they are rounded to in the forward pass",
        value: model.quantizer == "ternary" ? "ternary, int8 inputs" : "floats", decides: false),
      Row(
        name: "Parameters", explanation: "all, the tied embedding once",
        value: Format.grouped(Double(model.parameters))),
      Row(
        name: "Of them in projections", explanation: "those that a ternary model rounds",
        value: Format.grouped(Double(model.parametersTernary))),
      Row(
        name: "Layers, width, feed-forward", explanation: "the shape of the decoder",
        value: "\(model.layers), \(model.hidden), \(model.feedForward)"),
      Row(
        name: "Heads", explanation: "of queries, of keys and values, and their width",
        value: "\(model.heads), \(model.kvHeads) for keys and values, \(model.headDim) wide"),
      Row(name: "Activation", explanation: "of the feed-forward's gate", value: model.activation),
      Row(name: "Vocabulary", explanation: "entries", value: Format.grouped(Double(model.vocabulary))),
    ]
  }

  private static func text(_ record: TrainingRecord) -> [Row] {
    let (text, settings) = (record.text, record.settings)
    return [
      Row(name: "Text", explanation: "where it comes from", value: text.source),
      Row(name: "Tokens of the text", explanation: "all of it", value: Format.grouped(Double(text.tokens))),
      Row(
        name: "Sequences", explanation: "to learn from, and held out at the end",
        value: "\(Format.grouped(Double(text.sequencesTrain))) to learn from, "
          + "\(Format.grouped(Double(text.sequencesHeldOut))) held out"),
      Row(
        name: "A step", explanation: "sequences and their length",
        value: "\(settings.sequences) sequences of \(settings.context) tokens"),
    ]
  }

  private static func rates(_ settings: TrainingRecord.Settings) -> [Row] {
    let machine = Format.machine
    return [
      Row(name: "Steps", explanation: "of the whole run", value: Format.grouped(Double(settings.steps))),
      Row(name: "Warm-up", explanation: "steps until the peak rate", value: Format.grouped(Double(settings.warmup))),
      Row(
        name: "Learning rate, first stage", explanation: "peak and end",
        value: "\(machine(settings.learningRate)) → \(machine(settings.learningRateEnd))"),
      Row(
        name: "Learning rate, second stage", explanation: "begin and end",
        value: "\(machine(settings.secondLearningRate)) → 0, from step \(settings.secondStageStep) on"),
      Row(
        name: "Weight decay", explanation: "of the first stage; the second has none",
        value: "\(machine(settings.weightDecay)), then 0"),
      Row(
        name: "AdamW", explanation: "β₁, β₂, ε",
        value: "β₁ \(machine(settings.beta1)), β₂ \(machine(settings.beta2)), ε \(machine(settings.epsilon))"),
      Row(
        name: "Largest gradient norm", explanation: "larger gradients are scaled down to it",
        value: machine(settings.gradientNormMost)),
      Row(
        name: "First weights", explanation: "standard deviation and seed, which decides the text's order as well",
        value: "deviation \(machine(settings.initialDeviation)), seed \(settings.seed)"),
    ]
  }
}
