import Foundation
import Records

/// One training run of a page: its curves, and as far as its folder has them its record and its weights.
public struct TrainedRun: Sendable {
  /// The folder as it was named.
  public let folder: String
  /// Every step.
  public let curves: TrainingCurves
  /// What was asked for and on which machine; absent where the run's program wrote none.
  public let record: TrainingRecord?
  /// The masters' statistics; absent where neither the record nor a checkpoint has them.
  public let weights: TrainingWeights?

  /// Makes a run.
  public init(folder: String, curves: TrainingCurves, record: TrainingRecord?, weights: TrainingWeights?) {
    self.folder = folder
    self.curves = curves
    self.record = record
    self.weights = weights ?? record?.weights
  }

  /// Whether the projections are ternary; nil where nothing in the folder says so.
  ///
  /// The trainer counts zeros of a ternary model with every evaluation, and never of a float twin.
  var isTernary: Bool? {
    if let record { return record.model.quantizer == "ternary" }
    if curves.lastZeros != nil { return true }
    return curves.evaluations.isEmpty ? nil : false
  }

  /// The name of the configuration, or of the folder.
  var ownName: String {
    if let name = record?.name, !name.isEmpty { return name }
    let last = (folder as NSString).standardizingPath.split(separator: "/").last.map(String.init)
    return last ?? folder
  }

  /// Steps of the whole run, where they are known.
  var steps: Int? { record?.settings.steps }

  /// The newest step.
  var lastStep: Int { curves.rows[curves.rows.count - 1].step }
}

/// Runs with names that tell them apart, and the one that others are compared with.
struct TrainedRuns {
  struct Run {
    let run: TrainedRun
    /// Unique on the page.
    let name: String
    /// Begins the ids of its sections.
    let prefix: String
    /// Its place on the page, from 0.
    let index: Int
  }

  let all: [Run]

  init(_ runs: [TrainedRun]) {
    let names = runs.map(\.ownName)
    all = runs.enumerated().map { index, run in
      let isUnique = names.count { $0 == names[index] } == 1
      return Run(
        run: run, name: isUnique ? names[index] : "\(names[index]) (\(index + 1))", prefix: "t\(index + 1)",
        index: index)
    }
  }

  /// The float twin where there is exactly one, else the first; nil for a run alone.
  var reference: Run? {
    guard all.count > 1 else { return nil }
    let floats = all.filter { $0.run.isTernary == false }
    return floats.count == 1 ? floats[0] : all[0]
  }

  /// How much higher a run's loss of the held-out text is than the reference's, step by step, as shares.
  ///
  /// Only steps after which both were measured count; a reference's loss of zero has no ratio.
  func gaps(of run: Run) -> [(step: Int, share: Double)] {
    guard let reference, reference.index != run.index else { return [] }
    let losses = Dictionary(uniqueKeysWithValues: reference.run.curves.evaluations.map { ($0.step, $0.loss) })
    return run.run.curves.evaluations.compactMap { evaluation in
      guard let loss = losses[evaluation.step], loss > 0 else { return nil }
      let share = evaluation.loss / loss - 1
      return share.isFinite ? (evaluation.step, share) : nil
    }
  }

  /// What differs between the settings of two runs beside the quantizer, by the names of the page's table; nil where a
  /// record is missing.
  static func differences(_ first: Run, _ second: Run) -> [String]? {
    guard let a = first.run.record, let b = second.run.record else { return nil }
    return zip(TrainingSettings.rows(a), TrainingSettings.rows(b)).compactMap { first, second in
      first.value == second.value || !first.decides ? nil : first.name
    }
  }
}
