import Records
import Sinks
import Statistics

/// Holds one cell with the statistics that several sections show, computed once.
///
/// A class, because figures group and sort cells again and again, and a copy of a cell is large.
final class CellView: Sendable {
  /// The cell.
  let cell: CellRecord
  /// What its repetitions come to.
  let summary: CellSummary
  /// How fast it ran, in the unit of `summary.headline`; absent where it did not run, or its output was wrong.
  let speed: Estimate?

  init(_ cell: CellRecord) {
    self.cell = cell
    summary = CellSummary(cell)
    speed = cell.check?.passed == false ? nil : Estimate(summary.rate)
  }

  /// Why there is no speed, in words.
  var absence: String? {
    guard speed == nil else { return nil }
    if let reason = cell.outcome.reason { return reason }
    return cell.check?.passed == false ? "its output was wrong" : "not run"
  }

  /// Standard deviation over mean of the repetitions; absent for fewer than two.
  var variation: Double? { summary.rate?.coefficientOfVariation }

  /// The headline of this cell over that of another, paired by repetition.
  func ratio(to other: CellView) -> Estimate? {
    Estimate(pairs: paired(summary.headline.name, with: other))
  }

  /// Values of a metric in this cell and in another from the same round of the schedule, where both are positive.
  func paired(_ metric: String, with other: CellView) -> [(Double, Double)] {
    let theirs = Dictionary(
      other.cell.samples.compactMap { sample in sample.metrics[metric].map { (sample.repetition, $0) } },
      uniquingKeysWith: { first, _ in first })
    return cell.samples.compactMap { sample in
      guard let own = sample.metrics[metric], let their = theirs[sample.repetition], own > 0, their > 0 else {
        return nil
      }
      return (own, their)
    }
  }
}

extension PhaseRecord {
  /// Whether tokens are generated and no prompt is processed inside the window.
  var isDecode: Bool { kind == .model && (generate ?? 0) > 0 && (prompt ?? 0) == 0 }
  /// Whether a prompt is processed and nothing is generated inside the window.
  var isPrefill: Bool { kind == .model && (prompt ?? 0) > 0 && (generate ?? 0) == 0 }
}
