import Foundation
import Machine
import Meters
import Records
import Suites

@testable import Harness

/// A contender that runs a script instead of a model: what each cell gives, skips or throws, and a log of all calls.
final class ScriptedContender: Contender {
  /// What a cell does.
  enum Behaviour {
    case works(digest: String?)
    case skips(String)
    case fails(String)
    /// Raises the flag in the n-th run, as Ctrl-C in the middle of a window does.
    case interrupts(Interrupt, atRun: Int)
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  var behaviours: [String: Behaviour]
  private(set) var log: [String] = []

  init(_ behaviours: [String: Behaviour] = [:]) { self.behaviours = behaviours }

  func prepare(_ cell: Cell) throws -> any Workload {
    log.append("prepare \(cell.id)")
    let behaviour = behaviours[cell.id] ?? .works(digest: "same")
    if case .skips(let reason) = behaviour { throw CellSkip(reason) }
    return ScriptedWorkload(cell: cell, behaviour: behaviour) { [self] in
      log.append($0)
      return runs(of: cell.id)
    }
  }

  /// How often the cell's work was done, warm-ups included.
  func runs(of cell: String) -> Int { log.filter { $0.hasPrefix("run \(cell) ") }.count }
}

final class ScriptedWorkload: Workload {
  let facts = WorkloadFacts(tokensPerIteration: 10, bytesPerIteration: 1000, macsPerIteration: 5000)
  private let cell: Cell
  private let behaviour: ScriptedContender.Behaviour
  /// Writes to the log and says how many runs the cell has had.
  private let note: (String) -> Int

  init(cell: Cell, behaviour: ScriptedContender.Behaviour, note: @escaping (String) -> Int) {
    self.cell = cell
    self.behaviour = behaviour
    self.note = note
  }

  func prime() throws { _ = note("prime \(cell.id)") }

  func run(iterations: Int) throws -> WorkloadOutput {
    let runs = note("run \(cell.id) \(iterations)")
    switch behaviour {
    case .fails(let reason): throw ScriptedContender.Failure(description: reason)
    case .interrupts(let interrupt, let run):
      if runs == run {
        interrupt.raise()
        throw Interrupted()
      }
    case .works, .skips: break
    }
    return WorkloadOutput(tokenTimesNs: [1, 2, 3])
  }

  func digest() -> String? {
    if case .works(let digest) = behaviour { digest } else { "same" }
  }
}

/// Keeps what it is told.
final class RecordingObserver: RunObserver {
  private(set) var turns: [String] = []
  private(set) var warnings: [String] = []

  func runWillStart(_ record: RunRecord, turns: Int) {}
  func idleWillStart(_ moment: IdlePowerRecord.Moment, seconds: Double) { turns.append("idle \(moment.rawValue)") }
  func turnWillStart(_ cell: Cell, turn: Turn, position: Int, of count: Int) {
    turns.append("\(cell.id)#\(turn.repetition)")
  }
  func turnDidEnd(_ cell: CellRecord, turn: Turn, position: Int, of count: Int) {}
  func warned(_ warning: WarningRecord) { warnings.append(warning.id) }
}

/// A folder that goes away with the last who holds it.
private final class ScratchFolder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("tern-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// A run over scripted cells and a scripted clock.
struct Rig {
  private let scratch: ScratchFolder
  var folder: URL { scratch.url }
  var suite: Suite
  let contender: ScriptedContender
  let observer = RecordingObserver()
  let interrupt: Interrupt
  private let expect: String?
  var path: String { folder.appendingPathComponent("run.json").path }

  /// Cells are probes, so that no model or kernel is looked up; what they do is the contender's script.
  init(
    phases: [String] = ["probe:read", "probe:int8"], repetitions: Int = 3, order: Suite.Order = .interleaved,
    threads: [String] = ["1"], warmup: Int = 0, expect: String? = nil,
    behaviours: [String: ScriptedContender.Behaviour] = [:],
    interrupt: Interrupt = Interrupt()
  ) throws {
    scratch = try ScratchFolder()
    suite = Suite(
      name: "scripted", order: order, seed: 7, meters: ["time"],
      cases: [
        SuiteCase(
          name: "one", threads: threads, placements: ["free"], phases: phases, repetitions: repetitions,
          minTimeSeconds: 0, warmup: warmup, cooldownSeconds: 0)
      ])
    contender = ScriptedContender(behaviours)
    self.interrupt = interrupt
    self.expect = expect
  }

  /// What stands on the disk.
  func saved() throws -> RunRecord { try RecordFile.read(path) }

  func plan() throws -> Plan {
    let plan = try Plan(suite: suite, machine: Machine())
    let cells = plan.cells.map { cell in
      var cell = cell
      cell.expectTokensSHA256 = expect
      return cell
    }
    return Plan(suite: suite, meters: plan.meters, cells: cells)
  }

  func record(_ plan: Plan) -> RunRecord {
    RunRecord(
      plan: plan, machine: Machine().record(isa: []), warnings: [], tool: Self.tool, command: ["tern"], meters: [])
  }

  static let tool = ToolIdentity(
    name: "tern", version: "0", commit: "abc", dirty: false, swift: nil, clang: nil, configuration: "release")

  /// Runs the plan, or continues `old`; every window takes one second by the scripted clock.
  func run(continuing old: RunRecord? = nil, beside others: [any Meter] = []) throws -> RunRecord {
    let plan = try plan()
    let clock = ScriptedMeter(id: "time", script: [["time_wall_ns": 1e9]])
    let meters = MeterStack(others + [clock], overheadWindows: 0)
    let runner = try Runner(
      plan: plan, record: old ?? record(plan), path: path, contender: contender, meters: meters, machine: Machine(),
      observer: observer, interrupt: interrupt)
    return try runner.run().record
  }
}
