import Engine
import Foundation
import Suites
import Training

/// Turns a TOML file into a training configuration, strictly: nothing is ignored, nothing is guessed.
///
/// Models/README.md documents every key. Paths are relative to the configuration's folder; the output's is relative to
/// where the program was started.
struct TrainConfigurationReader {
  private let file: SettingsFile
  private let folder: String

  init(path: String) throws {
    file = try SettingsFile(path: path, named: "training configuration")
    folder = (path as NSString).deletingLastPathComponent
  }

  /// Reads the whole file.
  ///
  /// - Throws: `SuiteError` that names the line and the key; `TrainingError` for settings that do not fit together.
  func configuration() throws -> TrainingConfiguration {
    let top = try file.top(
      keys: ["schema", "name", "seed", "output", "model", "data", "training", "evaluation"])
    guard try top.required("schema", top.int("schema", in: 1...Int.max)) == 1 else {
      throw top.error("schema", "this build reads schema 1; use a newer tern")
    }
    let name = try top.required("name", top.string("name"))
    let data = try file.table(
      "data", keys: ["files", "stories", "stories_seed", "validation", "vocabulary", "tokenizer"])
    let training = try file.table("training", keys: Self.trainingKeys)
    let context = try training.required("context", training.int("context", in: 1...(1 << 20)))
    let vocabulary = try vocabulary(data)
    return TrainingConfiguration(
      name: name, shape: try shape(name, vocabulary: vocabulary, context: context), quantizer: try quantizer(),
      corpus: try corpus(data), validation: try data.number("validation", in: 0...1) ?? 0.02,
      vocabulary: vocabulary, context: context,
      sequences: try training.required("sequences", training.int("sequences", in: 1...(1 << 20))),
      schedule: try schedule(training), optimizer: try optimizer(training),
      gradientNormMost: try training.number("gradient_norm", in: 0...1e6) ?? 1,
      deviation: try training.number("initial_deviation", in: 0...10) ?? 0.02,
      seed: UInt64(try top.int("seed", in: 0...Int.max) ?? 1), evaluation: try evaluation(),
      saveEverySteps: try training.int("save_every", in: 1...Int.max) ?? 200,
      output: try top.required("output", top.string("output")))
  }

  // MARK: - Tables

  private static let modelKeys = [
    "hidden", "layers", "heads", "kv_heads", "head_dim", "feed_forward", "activation", "rope_theta", "rms_norm_eps",
    "positions", "quantizer",
  ]
  private static let trainingKeys = [
    "context", "sequences", "steps", "warmup", "learning_rate", "learning_rate_end", "second_stage",
    "second_learning_rate", "weight_decay", "beta1", "beta2", "epsilon", "gradient_norm", "initial_deviation",
    "save_every",
  ]

  private func model() throws -> SettingsTable { try file.table("model", keys: Self.modelKeys) }

  private func shape(
    _ name: String, vocabulary: TrainingConfiguration.Vocabulary, context: Int
  ) throws -> TransformerShape {
    let model = try model()
    func size(_ key: String) throws -> Int? { try model.int(key, in: 1...(1 << 20)) }
    let hidden = try model.required("hidden", size("hidden"))
    let heads = try model.required("heads", size("heads"))
    // The tokenizer's, once it is known.
    let entries = if case .trained(let entries) = vocabulary { entries } else { 1 }
    return TransformerShape(
      name: name, hidden: hidden, layers: try model.required("layers", size("layers")), heads: heads,
      kvHeads: try size("kv_heads") ?? heads, headDim: try size("head_dim") ?? hidden / heads,
      feedForward: try model.required("feed_forward", size("feed_forward")), vocabulary: entries,
      activation: try choice(model, "activation", [("relu2", .relu2), ("silu", .silu)]) ?? .relu2, subNorms: true,
      ropeTheta: try model.number("rope_theta", in: 1...1e9) ?? 10_000,
      rmsNormEpsilon: Float(try model.number("rms_norm_eps", in: 0...1) ?? 1e-5),
      context: try size("positions") ?? context, tiedEmbeddings: true)
  }

  private func quantizer() throws -> Quantizer {
    try choice(model(), "quantizer", Quantizer.allCases.map { ($0.rawValue, $0) }) ?? .ternary
  }

  private func corpus(_ data: SettingsTable) throws -> Corpus {
    if let files = try data.strings("files") {
      guard !data.has("stories") else { throw data.error("stories", "text comes from files or from stories, not both") }
      return .files(files.map(relative))
    }
    guard let count = try data.int("stories", in: 1...100_000_000) else {
      throw data.error("files", "missing; [data] must have files = [\"…\"] or stories = NUMBER")
    }
    return .stories(count: count, seed: UInt64(try data.int("stories_seed", in: 0...Int.max) ?? 1))
  }

  private func vocabulary(_ data: SettingsTable) throws -> TrainingConfiguration.Vocabulary {
    if let path = try data.string("tokenizer") {
      guard !data.has("vocabulary") else {
        throw data.error("vocabulary", "the tokenizer has its own; leave one of the two out")
      }
      return .file(relative(path))
    }
    return .trained(entries: try data.required("vocabulary", data.int("vocabulary", in: 259...65_536)))
  }

  private func schedule(_ training: SettingsTable) throws -> LearningSchedule {
    let steps = try training.required("steps", training.int("steps", in: 1...1_000_000_000))
    let peak = try training.required("learning_rate", training.number("learning_rate", in: 0...10))
    // Where the file does not say: the proportions of the published rates, 1.5e-3 → 8e-4, then 5e-4 → 0.
    return LearningSchedule(
      steps: steps, warmup: try training.int("warmup", in: 0...Int.max) ?? min(100, steps / 10), peak: peak,
      stageEnd: try training.number("learning_rate_end", in: 0...10) ?? peak * 8 / 15,
      secondPeak: try training.number("second_learning_rate", in: 0...10) ?? peak / 3,
      secondStage: try training.number("second_stage", in: 0...1) ?? 0.5,
      weightDecay: try training.number("weight_decay", in: 0...10) ?? 0.1)
  }

  private func optimizer(_ training: SettingsTable) throws -> AdamW {
    var optimizer = AdamW()
    optimizer.beta1 = try training.number("beta1", in: 0...0.999_999) ?? optimizer.beta1
    optimizer.beta2 = try training.number("beta2", in: 0...0.999_999) ?? optimizer.beta2
    optimizer.epsilon = try training.number("epsilon", in: 1e-30...1) ?? optimizer.epsilon
    return optimizer
  }

  private func evaluation() throws -> TrainingConfiguration.Evaluation {
    let table = try file.table("evaluation", keys: ["every", "sequences", "patience"])
    return .init(
      everySteps: try table.int("every", in: 1...Int.max) ?? 100,
      sequencesMost: try table.int("sequences", in: 1...Int.max) ?? 64,
      patience: try table.int("patience", in: 1...Int.max))
  }

  // MARK: - Values

  private func choice<Value>(_ table: SettingsTable, _ key: String, _ choices: [(String, Value)]) throws -> Value? {
    guard let text = try table.string(key) else { return nil }
    guard let choice = choices.first(where: { $0.0 == text }) else {
      throw table.error(key, "\"\(text)\" is none of \(choices.map { "\"\($0.0)\"" }.joined(separator: ", "))")
    }
    return choice.1
  }

  private func relative(_ path: String) -> String {
    path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
  }
}
