import Engine
import Foundation
import Meters
import Sinks
import Training

/// Progress of a training run on stderr: a line that is redrawn on a terminal, a line per evaluation elsewhere.
final class TrainProgress {
  private let training: TrainingRun
  private let threads: Int
  private let isQuiet: Bool
  private let isTerminal = Console.stderrIsTerminal
  private let startStep: Int
  private var startNs: UInt64 = 0

  init(_ training: TrainingRun, threads: Int, isQuiet: Bool) {
    self.training = training
    self.threads = threads
    self.isQuiet = isQuiet
    startStep = training.step
  }

  private var steps: Int { training.configuration.schedule.steps }

  /// What is trained on what.
  func start() {
    startNs = WallClock.nowNs()
    guard !isQuiet else { return }
    let (shape, stream) = (training.shape, training.stream)
    Console.note(
      "\(training.configuration.name)  \(shape.parameters) parameters, \(shape.ternaryParameters) of them "
        + "\(training.configuration.quantizer == .ternary ? "ternary" : "in projections, all floats")  "
        + "\(shape.layers) layers of \(shape.hidden)  \(threads) threads")
    Console.note(
      "text  \(stream.ids.count) tokens of a vocabulary of \(shape.vocabulary); sequences of \(stream.context): "
        + "\(stream.trainingPieces) to learn from, \(stream.validationPieces) held out")
    if startStep > 0 { Console.note("resumed after step \(startStep) of \(steps)") }
  }

  func observe(_ event: TrainingRun.Event) {
    guard !isQuiet else { return }
    switch event {
    case .step(let metrics):
      let text = line(metrics)
      if let evaluation = evaluation(metrics) {
        Console.note((isTerminal ? "\r\u{1B}[K" : "") + text)
        Console.note(evaluation)
      } else if isTerminal {
        Console.raw("\r\u{1B}[K" + text.prefix(Console.stderrWidth - 1))
      }
    case .saved, .improved: break
    }
  }

  /// How it ended, and what lies where.
  func end(_ outcome: TrainingRun.Outcome) {
    guard !isQuiet else { return }
    if isTerminal { Console.raw("\r\u{1B}[K") }
    let best = training.bestLoss.map {
      ", loss of the held-out text \(Self.digits($0)) (perplexity \(Self.perplexity($0)))"
    }
    let folder = training.configuration.output
    switch outcome {
    case .finished: Console.note("\(folder)  step \(training.step)\(best ?? "")")
    case .stoppedEarly:
      Console.note("\(folder)  nothing gained for a while, ended after step \(training.step)\(best ?? "")")
    case .interrupted: Console.note("\(folder)  saved after step \(training.step); --resume goes on")
    }
  }

  private func line(_ metrics: StepMetrics) -> String {
    "[\(metrics.step)/\(steps)] loss \(Self.digits(metrics.loss))  perplexity \(Self.perplexity(metrics.loss))  "
      + "\(Int(metrics.tokensPerSecond)) tokens/s\(left(metrics.step))"
  }

  /// What was found at an evaluation, on a line of its own: together they are wider than a terminal.
  private func evaluation(_ metrics: StepMetrics) -> String? {
    guard let loss = metrics.validationLoss else { return nil }
    let text = "  held out: loss \(Self.digits(loss)), perplexity \(Self.perplexity(loss))"
    guard let zeros = metrics.zerosByLayer, let least = zeros.min(), let most = zeros.max() else { return text }
    let percents = zeros.map { "\(Int(($0 * 100).rounded()))" }
    // Twelve layers, at three columns each, are what the rest of a line of 80 columns holds.
    return text + "; zeros by layer "
      + (zeros.count <= 12
        ? percents.joined(separator: " ") : "\(Int((least * 100).rounded())) to \(Int((most * 100).rounded()))") + " %"
  }

  private func left(_ step: Int) -> String {
    guard step > startStep, step < steps else { return "" }
    let elapsed = Double(WallClock.nowNs() - startNs) * 1e-9
    let seconds = Int(min(elapsed / Double(step - startStep) * Double(steps - step), 1e9))
    let minutes = (seconds / 60) % 60
    return ", about \(seconds / 3600):\(minutes < 10 ? "0" : "")\(minutes) h left"
  }

  /// e to the loss; of a loss that has run away, with an exponent.
  private static func perplexity(_ loss: Double) -> String {
    let value = exp(loss)
    return value < 1e6 || !value.isFinite ? Number.threeDigits(value) : String(format: "%.2e", value)
  }

  private static func digits(_ value: Double) -> String { String(format: "%.4f", value) }
}
