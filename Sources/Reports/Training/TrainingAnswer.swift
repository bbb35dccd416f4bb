import Foundation
import Records

/// What came out of training, in a sentence or two.
enum TrainingAnswer {
  static func sentences(of runs: TrainedRuns) -> [String] {
    (runs.all.map(loss) + runs.all.compactMap { comparison($0, in: runs) }).map { $0.replacing(" %", with: "\u{A0}%") }
  }

  /// "a", "a and b", "a, b and c".
  static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  private static func loss(_ run: TrainedRuns.Run) -> String {
    let curves = run.run.curves
    guard let best = curves.best else {
      let last = curves.rows[curves.rows.count - 1]
      return
        "\(run.name) stands after step \(last.step)\(of(run)) at a loss of \(LossBySteps.digits(last.loss)) nats per "
        + "token; the held-out text was not measured so far."
    }
    let lowest = curves.evaluations.count > 1 ? ", the lowest of \(curves.evaluations.count) evaluations" : ""
    let zeros = curves.lastZeros.flatMap { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }
    return "\(run.name) predicts text that it has not seen with a loss of \(LossBySteps.digits(best.loss)) nats per "
      + "token\(LossBySteps.perplexity(best.loss).map { ", a perplexity of \($0)" } ?? "")\(lowest), after step \(best.step)\(of(run))."
      + (zeros.map { " \(Format.percent($0)) of its ternary weights are zero." } ?? "") + state(run)
  }

  private static func of(_ run: TrainedRuns.Run) -> String { run.run.steps.map { " of \($0)" } ?? "" }

  /// What a reader must know before the number is believed to be the last.
  private static func state(_ run: TrainedRuns.Run) -> String {
    guard let record = run.run.record else { return "" }
    switch record.status {
    case .complete: return ""
    case .running: return " The run has not ended: it stands after step \(run.run.lastStep)."
    case .stoppedEarly: return " It ended after step \(run.run.lastStep), when nothing was gained any more."
    case .interrupted: return " It was interrupted after step \(run.run.lastStep)."
    case .failed: return " It failed: \(record.reason ?? "no reason was recorded")"
    }
  }

  private static func comparison(_ run: TrainedRuns.Run, in runs: TrainedRuns) -> String? {
    guard let reference = runs.reference, reference.index != run.index else { return nil }
    let twin = run.run.isTernary == true && reference.run.isTernary == false
    let name = (twin ? "the float twin " : "") + reference.name
    guard let gap = runs.gaps(of: run).last else {
      return "\(run.name) and \(name) were never measured after the same number of steps, so they are not compared."
    }
    let direction =
      gap.share == 0
      ? "the same as" : "\(Format.percent(abs(gap.share))) \(gap.share > 0 ? "above" : "below")"
    var text =
      "After step \(gap.step), the last at which both were measured, the held-out loss of \(run.name) is "
      + "\(direction) that of \(name)."
    if let differences = TrainedRuns.differences(run, reference), !differences.isEmpty {
      text += " They do not differ in the projections alone: see \(list(differences.map { $0.lowercased() })) below."
    } else if run.run.record == nil || reference.run.record == nil {
      text += " Whether both learnt from the same text is not recorded."
    }
    return text
  }
}
