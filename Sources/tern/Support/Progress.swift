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
  private let plan: Plan
  private let allowed: Set<String>
  private var startNs: UInt64 = 0
  /// Only where a line with the time left is drawn.
  private var forecast: Forecast?

  /// Warnings whose ids are `allowed` are kept in the record and not printed.
  init(plan: Plan, style: Style, isQuiet: Bool, allowed: Set<String>) {
    self.plan = plan
    self.style = style
    self.allowed = allowed
    self.isQuiet = isQuiet
    isTerminal = Console.stderrIsTerminal
    width = Console.stderrWidth
    repetitions = Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.id, $0.repetitions) })
  }

  func runWillStart(_ record: RunRecord, turns: Int) {
    guard !isQuiet else { return }
    for cell in record.cells {
      if case .skipped(let reason) = cell.outcome { Console.note("\(style.dim("skip"))  \(cell.id): \(reason)") }
    }
    if isTerminal {
      // Trying the kernels takes a moment, which is worth it for a time left and for nothing else.
      let model = CostModel(plan: plan)
      forecast = Forecast(record, plan: plan) { model.seconds(of: $0) }
    }
    startNs = WallClock.nowNs()
  }

  func idleWillStart(_ moment: IdlePowerRecord.Moment, seconds: Double) {
    guard !isQuiet else { return }
    let text = "idle power \(moment.rawValue) the cells, \(DryRun.duration(seconds))"
    if isTerminal { Console.raw("\r\u{1B}[K" + text.prefix(width - 1)) } else { Console.note(text) }
  }

  func turnWillStart(_ cell: Cell, turn: Turn, position: Int, of count: Int) {
    guard isTerminal, !isQuiet else { return }
    let text = "[\(position + 1)/\(count)] \(cell.id) \(turn.repetition + 1)/\(cell.repetitions)\(eta())"
    Console.raw("\r\u{1B}[K" + text.prefix(width - 1))
  }

  func turnDidEnd(_ cell: CellRecord, turn: Turn, position: Int, of count: Int) {
    forecast?.turnDidEnd(cell)
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
    // A note explains a number and asks for nothing: it stands in the record and in `tern doctor`.
    guard !allowed.contains(warning.id), warning.severity != .note else { return }
    if isTerminal, !isQuiet { Console.raw("\r\u{1B}[K") }
    let fix = warning.fix.map { " Fix: \($0)" } ?? ""
    let lines = Prose.wrapped("\(warning.id)  \(warning.message).\(fix)", width: isTerminal ? width : .max)
    for line in lines { Console.note(style.warning(line)) }
  }

  private func eta() -> String {
    let elapsed = Double(WallClock.nowNs() - startNs) * 1e-9
    guard let left = forecast?.secondsLeft(after: elapsed) else { return "" }
    let seconds = Int(min(left, 1e9))
    return ", about \(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60) left"
  }
}
