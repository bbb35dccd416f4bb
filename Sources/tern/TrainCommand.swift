import ArgumentParser
import Engine
import Foundation
import Harness
import Machine
import Records
import Training

/// `tern train`: a ternary model from text.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a BitNet b1.58 model from scratch with the straight-through estimator.",
    discussion: """
      CONFIG.toml says which model, which text and how long; Models/README.md lists its keys. The folder that it names \
      gets tokenizer.json, checkpoint.safetensors, metrics.csv, training.json, and model/: the state that predicts the \
      held-out text best, which tern convert, generate and perplexity read. tern report FOLDER draws its curves.

      Ctrl-C saves the state; --resume goes on from it as if nothing had happened, to the bit.
      """)

  @Argument(help: "The configuration, a TOML file.")
  var config: String

  @Flag(help: "Go on from the checkpoint in the configuration's folder.")
  var resume = false

  @Flag(help: "Only write the text to learn from to stdout, blank lines between documents; the last are held out.")
  var printText = false

  @Option(name: [.customShort("o"), .long], help: "The folder to write to, in place of the configuration's.")
  var output: String?

  @Option(name: [.customShort("t"), .long], help: "Worker threads (default: one per physical core).")
  var threads: Int?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 thread is needed") }
  }

  func run() throws {
    var settings = try TrainConfigurationReader(path: config).configuration()
    if printText { return Console.text(try settings.corpus.documents().joined(separator: "\n\n") + "\n") }
    if let output { settings.output = output }
    let machine = Machine()
    let pool = try ThreadPool(threads: threads ?? machine.coresPhysical, placement: .free)
    let training = try TrainingRun(settings, pool: pool, resume: resume)
    let progress = TrainProgress(training, threads: pool.threads, isQuiet: options.quiet)
    // Read again as text: it was decoded a moment ago, and stands in the record as it is.
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: config)), as: UTF8.self)
    let log = TrainLog(training, configuration: text, threads: pool.threads, machine: machine)
    progress.start()
    log.write(.running)
    let interrupt = Interrupt()
    let outcome: TrainingRun.Outcome
    do {
      outcome = try withExtendedLifetime(interrupt.listen()) {
        try training.run(isInterrupted: { interrupt.isRaised }) { event in
          log.observe(event)
          progress.observe(event)
        }
      }
    } catch {
      log.write(.failed, reason: "\(error)")
      throw error
    }
    log.end(outcome)
    progress.end(outcome)
    if outcome == .interrupted { throw ExitStatus.interrupted }
  }
}
