import Engine
import Foundation
import Harness
import Machine
import Meters
import Records
import Training

/// Keeps `training.json` of a run's folder: at the start, with every checkpoint, and at the end.
///
/// The file is for readers. Training does not need it, so a disk that cannot take it is named once and the run goes on;
/// a checkpoint that cannot be written ends it.
final class TrainLog {
  private let training: TrainingRun
  private let path: String
  private let startNs = WallClock.nowNs()
  /// What earlier processes of a resumed run have taken; nil where that is not known.
  private let timeBeforeNs: Int?
  private var record: TrainingRecord
  private var isNamed = false

  init(_ training: TrainingRun, configuration: String, threads: Int, machine: Machine) {
    self.training = training
    path = training.configuration.output + "/" + RecordFile.trainingName
    let earlier = training.step > 0 ? try? RecordFile.readTraining(path) : nil
    timeBeforeNs = training.step > 0 ? earlier?.timeTrainNs : 0
    let now = Timestamp.now()
    record = TrainingRecord(
      name: training.configuration.name, startedAt: training.step > 0 ? earlier?.startedAt : now, updatedAt: now,
      status: .running, tool: BuildIdentity.tool, command: CommandLine.arguments,
      machine: machine.record(isa: BuildIdentity.isa), threads: threads, configuration: configuration,
      model: Self.model(training), text: Self.text(training), settings: Self.settings(training.configuration),
      step: training.step, timeTrainNs: timeBeforeNs, weights: earlier?.weights)
    if training.step > 0 { countWeights() }
  }

  func observe(_ event: TrainingRun.Event) {
    guard case .saved = event else { return }
    countWeights()
    write(.running)
  }

  /// Those of the checkpoint, which is what the run goes on from.
  private func countWeights() {
    do {
      record.weights = try TrainingFolder.weights(of: TrainingRun.checkpoint(in: training.configuration.output))
    } catch {
      name(error)
    }
  }

  func end(_ outcome: TrainingRun.Outcome) {
    switch outcome {
    case .finished: write(.complete)
    case .stoppedEarly: write(.stoppedEarly)
    case .interrupted: write(.interrupted)
    }
  }

  /// Writes the file as the run now stands.
  func write(_ status: TrainingRecord.Status, reason: String? = nil) {
    record.status = status
    record.reason = reason
    record.step = training.step
    record.updatedAt = Timestamp.now()
    record.timeTrainNs = timeBeforeNs.map { $0 + Int(clamping: WallClock.nowNs() - startNs) }
    do { try RecordFile.write(record, to: path) } catch { name(error) }
  }

  private func name(_ error: any Error) {
    guard !isNamed else { return }
    isNamed = true
    Console.note("\(error) The run goes on; tern report will know less of it.")
  }

  // MARK: - What is trained

  private static func model(_ training: TrainingRun) -> TrainingRecord.Model {
    let shape = training.shape
    return TrainingRecord.Model(
      quantizer: training.configuration.quantizer.rawValue, parameters: shape.parameters,
      parametersTernary: shape.ternaryParameters, layers: shape.layers, hidden: shape.hidden, heads: shape.heads,
      kvHeads: shape.kvHeads, headDim: shape.headDim, feedForward: shape.feedForward, vocabulary: shape.vocabulary,
      activation: shape.activation.rawValue, positions: shape.context)
  }

  private static func text(_ training: TrainingRun) -> TrainingRecord.Text {
    let source =
      switch training.configuration.corpus {
      case .stories(let count, let seed): "\(count) stories of the grammar, seed \(seed)"
      // Folders are one machine's own.
      case .files(let paths): paths.map { ($0 as NSString).lastPathComponent }.joined(separator: ", ")
      }
    return TrainingRecord.Text(
      source: source, tokens: training.stream.ids.count, sequencesTrain: training.stream.trainingPieces,
      sequencesHeldOut: training.stream.validationPieces)
  }

  private static func settings(_ configuration: TrainingConfiguration) -> TrainingRecord.Settings {
    let (schedule, optimizer) = (configuration.schedule, configuration.optimizer)
    return TrainingRecord.Settings(
      seed: configuration.seed, context: configuration.context, sequences: configuration.sequences,
      steps: schedule.steps, warmup: schedule.warmup, learningRate: schedule.peak, learningRateEnd: schedule.stageEnd,
      secondStageStep: schedule.secondStageStep, secondLearningRate: schedule.secondPeak,
      weightDecay: schedule.weightDecay, beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon,
      gradientNormMost: configuration.gradientNormMost, initialDeviation: configuration.deviation,
      evaluateEverySteps: configuration.evaluation.everySteps)
  }
}
