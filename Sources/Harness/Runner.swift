import Foundation
import Machine
import Meters
import Records
import Statistics
import Suites

/// Runs a plan: every repetition of every cell in the schedule's order, each inside the meters, the record kept whole
/// after each.
public final class Runner {
  let plan: Plan
  let contender: any Contender
  let stack: MeterStack
  /// Energy and clock alone, for the power of the idle machine; nil where energy is not read.
  let idleStack: MeterStack?
  let machine: Machine
  /// Which warnings the user accepts, and which are to weigh as much as a veto.
  let policy: WarningPolicy
  /// What could be set of the machine as it stood at the start: a cell that finds another is not comparable.
  let settings: EnvironmentSettings
  let observer: any RunObserver
  let interrupt: Interrupt
  let journal: Journal

  var record: RunRecord
  var ledger: Ledger
  /// Iterations per window, once a cell has been warmed up.
  var iterations: [Int: Int] = [:]
  /// The first digest of each model and phase: what all other cells of it must give too.
  var references: [String: (digest: String, cell: String)]
  /// Repetitions that the record holds, those of a resumed run's first part included.
  var samplesTaken: Int
  /// How many of them an earlier, interrupted part of the run took.
  let firstPosition: Int

  /// Prepares a run and writes its empty record, so that an output that cannot be written is found now.
  ///
  /// - Throws: what the journal throws when `path` cannot be written.
  public init(
    plan: Plan, record: RunRecord, path: String?, contender: any Contender, meters: MeterStack,
    idleMeters: MeterStack? = nil, machine: Machine, policy: WarningPolicy = WarningPolicy(),
    observer: any RunObserver, interrupt: Interrupt
  ) throws {
    self.plan = plan
    self.contender = contender
    self.stack = meters
    self.idleStack = idleMeters
    self.machine = machine
    self.policy = policy
    settings = machine.settings()
    self.observer = observer
    self.interrupt = interrupt
    self.record = record
    ledger = Ledger(continuing: record.overhead)
    references = Self.references(in: record, plan: plan)
    samplesTaken = record.cells.reduce(0) { $0 + $1.samples.count }
    firstPosition = samplesTaken
    self.journal = try Journal(path: path, record: record)
  }

  /// Runs everything that the record does not hold yet and returns the finished (or interrupted) record and its path.
  ///
  /// - Throws: only when the record can be written nowhere; a cell that fails stands in the record.
  public func run() throws -> (record: RunRecord, path: String?) {
    ledger.begin()
    let turns = remainingTurns()
    observer.runWillStart(record, turns: turns.count)
    takeIdlePower(.before)
    for (position, turn) in turns.enumerated() where !interrupt.isRaised {
      guard isRunnable(turn.cell) else { continue }
      observer.turnWillStart(plan.cells[turn.cell], turn: turn, position: position, of: turns.count)
      take(turn)
      observer.turnDidEnd(record.cells[turn.cell], turn: turn, position: position, of: turns.count)
      save()
    }
    finish()
    let path = try journal.close(record)
    return (record, path)
  }

  // MARK: - Order

  /// The schedule without the repetitions that a resumed record holds already.
  private func remainingTurns() -> [Turn] {
    Schedule.turns(
      repetitions: plan.cells.map { $0.skipReason == nil ? $0.repetitions : 0 },
      groups: plan.cells.map { "\($0.subject ?? "") \($0.runner ?? "")" },
      order: plan.suite.order, seed: plan.suite.seed
    ).filter { turn in turn.repetition >= record.cells[turn.cell].samples.count }
  }

  /// A cell that failed or had to be skipped is not tried again in this run.
  private func isRunnable(_ cell: Int) -> Bool {
    switch record.cells[cell].outcome {
    case .pending, .ok: true
    case .skipped, .failed: false
    }
  }

  /// What the first part of a resumed run gave: for each model and phase the digest of the cell that ran first.
  private static func references(in record: RunRecord, plan: Plan) -> [String: (digest: String, cell: String)] {
    let ran = zip(plan.cells, record.cells).filter { !$1.samples.isEmpty }
    let inOrder = ran.sorted { $0.1.samples[0].positionInRun < $1.1.samples[0].positionInRun }
    return inOrder.reduce(into: [:]) { references, pair in
      guard let check = pair.1.check, references[outputKey(of: pair.0)] == nil else { return }
      references[outputKey(of: pair.0)] = (check.got, pair.1.id)
    }
  }

  /// Cells of one key must give one output.
  static func outputKey(of cell: Cell) -> String { "\(cell.subject ?? "") \(cell.phase.label)" }

  private func finish() {
    takeIdlePower(.after)
    addNetEnergy()
    record.overhead = ledger.record()
    record.finishedAt = Timestamp.now()
    record.status = interrupt.isRaised ? .interrupted : .complete
  }

  private func save() {
    record.overhead = ledger.record()
    if let message = journal.save(record) {
      let warning = WarningRecord(id: "W-disk", message: message, fix: "free space, or choose another folder with -o")
      note([warning], cell: nil)
    }
  }

  /// Adds warnings to the run, once per id, and to the cell that they concern.
  ///
  /// A warning about cells keeps the words of the first, with its name: the numbers of all stand in the samples. One
  /// that weighs more takes the place of a lighter one of its id.
  func note(_ warnings: [WarningRecord], cell: Int?) {
    for var warning in warnings {
      if let cell { warning.message += " (first in \(record.cells[cell].id))" }
      if let known = record.warnings.firstIndex(where: { $0.id == warning.id }) {
        if (record.warnings[known].severity ?? .warn) < (warning.severity ?? .warn) {
          record.warnings[known] = warning
          observer.warned(warning)
        }
      } else {
        record.warnings.append(warning)
        observer.warned(warning)
      }
      if let cell, !record.cells[cell].warnings.contains(warning.id) {
        record.cells[cell].warnings.append(warning.id)
      }
    }
  }
}

/// Who is told how a run goes: a terminal, a log, a test.
public protocol RunObserver {
  /// The record stands, nothing has run.
  func runWillStart(_ record: RunRecord, turns: Int)
  /// The machine is left alone for so many seconds, to see what it takes when idle.
  func idleWillStart(_ moment: IdlePowerRecord.Moment, seconds: Double)
  /// A repetition is about to be made ready and run.
  func turnWillStart(_ cell: Cell, turn: Turn, position: Int, of count: Int)
  /// A repetition is over, well or not: see the cell's outcome.
  func turnDidEnd(_ cell: CellRecord, turn: Turn, position: Int, of count: Int)
  /// Something was noticed that a reader must know.
  func warned(_ warning: WarningRecord)
}

/// ISO-8601 UTC with seconds.
public enum Timestamp {
  /// The present.
  public static func now() -> String { Date().formatted(.iso8601) }
}
