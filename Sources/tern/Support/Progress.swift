import Harness
import Meters
import Records
import Sinks
import Suites

/// Progress on stderr: one line that is redrawn on a terminal, one line per finished cell elsewhere.
final class Progress: RunObserver {
  private let style: Style
  private let isTerminal: Bool
  private let isQuiet: Bool
  private let width: Int
  private let repetitions: [String: Int]
  private let predicted: [String: Double]
  private let allowed: Set<String>
  private var startNs: UInt64 = 0
  private var donePredicted = 0.0
  private var totalPredicted = 0.0

  /// Predicts each cell's seconds with the cost model; the ETA scales them by what the run shows.
  ///
  /// Warnings whose ids are `allowed` are kept in the record and not printed.
  init(plan: Plan, model: CostModel, style: Style, isQuiet: Bool, allowed: Set<String>) {
    self.style = style
    self.allowed = allowed
    self.isQuiet = isQuiet
    isTerminal = Console.stderrIsTerminal
    width = Console.width
    repetitions = Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.id, $0.repetitions) })
    predicted = Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.id, model.seconds(of: $0)) })
  }

  func runWillStart(_ record: RunRecord, turns: Int) {
    startNs = WallClock.nowNs()
    totalPredicted = record.cells.filter { $0.outcome == .pending }.reduce(0) { $0 + (predicted[$1.id] ?? 0) }
    guard !isQuiet else { return }
    for cell in record.cells {
      if case .skipped(let reason) = cell.outcome { Console.note("\(style.dim("skip"))  \(cell.id): \(reason)") }
    }
  }

  func turnWillStart(_ cell: Cell, turn: Turn, position: Int, of count: Int) {
    guard isTerminal, !isQuiet else { return }
    let text = "[\(position + 1)/\(count)] \(cell.id) \(turn.repetition + 1)/\(cell.repetitions)\(eta())"
    Console.raw("\r\u{1B}[K" + text.prefix(width - 1))
  }

  func turnDidEnd(_ cell: CellRecord, turn: Turn, position: Int, of count: Int) {
    donePredicted += (predicted[cell.id] ?? 0) / Double(repetitions[cell.id] ?? 1)
    guard !isQuiet else { return }
    if isTerminal { Console.raw("\r\u{1B}[K") }
    switch cell.outcome {
    case .failed(let reason): Console.note("\(style.bad("failed"))  \(cell.id): \(reason)")
    case .skipped(let reason): Console.note("\(style.dim("skip"))  \(cell.id): \(reason)")
    case .ok where !isTerminal && cell.samples.count == repetitions[cell.id]:
      let row = ResultRow(cell)
      Console.note("ok  \(cell.id)  \(row.rate) \(row.unit)")
    case .ok, .pending: break
    }
  }

  func warned(_ warning: WarningRecord) {
    guard !allowed.contains(warning.id) else { return }
    if isTerminal, !isQuiet { Console.raw("\r\u{1B}[K") }
    let fix = warning.fix.map { " Fix: \($0)" } ?? ""
    let lines = Prose.wrapped("\(warning.id)  \(warning.message).\(fix)", width: isTerminal ? width : .max)
    for line in lines { Console.note(style.warning(line)) }
  }

  private func eta() -> String {
    let elapsed = Double(WallClock.nowNs() - startNs) * 1e-9
    guard donePredicted > 0, totalPredicted > donePredicted else { return "" }
    let seconds = Int(elapsed * (totalPredicted - donePredicted) / donePredicted)
    return ", about \(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60) left"
  }
}
