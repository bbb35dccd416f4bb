import Foundation

/// What is known after a step.
public struct StepMetrics: Sendable, Equatable {
  /// Steps done.
  public var step: Int
  /// Tokens learnt from so far.
  public var tokens: Int
  /// The mean loss of the step's batch, in nats per token, before the update.
  public var loss: Double
  /// The rate of the update.
  public var learningRate: Double
  /// The decay of the update.
  public var weightDecay: Double
  /// The norm of all gradients before clipping.
  public var gradientNorm: Double
  /// Tokens a second of this step, loading and saving left out.
  public var tokensPerSecond: Double
  /// The mean loss of the held-out text; nil where it was not measured after this step.
  public var validationLoss: Double?
  /// The share of zeros among each layer's weights in this step; nil where it was not counted.
  public var zerosByLayer: [Double]?

  /// e to the loss: how many tokens the model is as good as undecided between.
  public var perplexity: Double { exp(loss) }
}

/// metrics.csv: one row per step, written as the steps go by; cells that were not measured are empty.
struct MetricsFile {
  private let handle: FileHandle
  private let layers: Int

  /// Opens the file for a run that stands at `step`: rows of later steps, which a resumed run makes anew, are dropped.
  ///
  /// - Throws: `TrainingError` that names a path which cannot be written.
  init(path: String, layers: Int, after step: Int) throws {
    self.layers = layers
    let header = Self.header(layers: layers)
    let old = step > 0 ? (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" : ""
    let kept = old.split(separator: "\n").dropFirst().filter { row in
      row.split(separator: ",", maxSplits: 1).first.flatMap { Int($0) }.map { $0 <= step } ?? false
    }
    let text = ([Substring(header)] + kept).joined(separator: "\n") + "\n"
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.seekToEnd()
    } catch {
      throw TrainingError(.configuration, "\(path): cannot be written: \(error.localizedDescription)")
    }
  }

  private static func header(layers: Int) -> String {
    ([
      "step", "tokens", "loss", "perplexity", "learning_rate", "weight_decay", "gradient_norm", "tokens_per_s",
      "validation_loss", "validation_perplexity",
    ] + (0..<layers).map { "zeros_layer_\($0)" }).joined(separator: ",")
  }

  /// e to the loss; empty where that is too large for a number, as an infinity is none.
  private static func perplexity(_ loss: Double) -> String {
    exp(loss).isFinite ? "\(exp(loss))" : ""
  }

  func append(_ metrics: StepMetrics) throws {
    var cells = [
      "\(metrics.step)", "\(metrics.tokens)", "\(metrics.loss)", Self.perplexity(metrics.loss),
      "\(metrics.learningRate)",
      "\(metrics.weightDecay)", "\(metrics.gradientNorm)", String(format: "%.1f", metrics.tokensPerSecond),
    ]
    cells += metrics.validationLoss.map { ["\($0)", Self.perplexity($0)] } ?? ["", ""]
    cells += (0..<layers).map { layer in metrics.zerosByLayer.map { "\($0[layer])" } ?? "" }
    try handle.write(contentsOf: Data((cells.joined(separator: ",") + "\n").utf8))
  }
}
