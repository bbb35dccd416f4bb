import Records
import Suites

/// How long a run still takes: predicted seconds, scaled by how long what has run took.
public struct Forecast: Sendable {
  private let secondsPerTurn: [String: Double]
  private let repetitions: [String: Int]
  /// Predicted seconds of each cell's repetitions that are not in the record.
  private var left: [String: Double] = [:]
  private var totalLeft = 0.0
  private var done = 0.0

  /// Starts from a record, which may hold some repetitions already; `seconds` predicts all repetitions of a cell.
  public init(_ record: RunRecord, plan: Plan, seconds: (Cell) -> Double) {
    repetitions = Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.id, $0.repetitions) })
    secondsPerTurn = Dictionary(
      uniqueKeysWithValues: plan.cells.map { ($0.id, seconds($0) / Double(max(1, $0.repetitions))) })
    for cell in record.cells { update(cell) }
  }

  /// Takes a repetition out of what is left, and with a cell that failed or was skipped all of them.
  public mutating func turnDidEnd(_ cell: CellRecord) {
    if cell.outcome == .ok { done += secondsPerTurn[cell.id] ?? 0 }
    update(cell)
  }

  /// Seconds until the end, after the run has taken `elapsed`; nil while nothing has run, and when nothing is left.
  public func secondsLeft(after elapsed: Double) -> Double? {
    // A sum of many small differences is not exactly zero at the end.
    guard done > 0, totalLeft > 1e-9 else { return nil }
    return elapsed * totalLeft / done
  }

  private mutating func update(_ cell: CellRecord) {
    let missing = cell.outcome.reason == nil ? max(0, (repetitions[cell.id] ?? 0) - cell.samples.count) : 0
    let seconds = Double(missing) * (secondsPerTurn[cell.id] ?? 0)
    totalLeft += seconds - (left[cell.id] ?? 0)
    left[cell.id] = seconds
  }
}
