import Compare
import Foundation
import Harness
import Machine
import Meters
import ModelFiles
import Records
import Suites

/// A gate at work: sides, cells, blocks, verdicts.
final class GateRun {
  let command: GateCommand
  let rules: GateRules
  let processes: GateProcesses
  let plan: Plan
  let choice: GateChoice
  /// Nil where a baseline's counts stand in its place.
  var base: ResolvedSide?
  var head: ResolvedSide
  let baseline: ProxyBaseline?
  var emulator: Emulator?
  /// Both sides' copies for the emulator, by role.
  var emulated: [String: GateBinary] = [:]
  var record: GateRecord
  /// Cells of which a side crashed, hung or gave wrong output, and how.
  var failures: [(cell: String, metric: String, reason: String)] = []

  /// Finds or builds both sides.
  ///
  /// - Throws: `GateError`, `SuiteError`, `Interrupted`.
  init(_ command: GateCommand, rules: GateRules, interrupt: Interrupt) throws {
    self.command = command
    self.rules = rules
    let suite = try SuiteLibrary.load(command.suite)
    // What is not there is found before anything is built.
    baseline = try command.baseline.map { try ProxyBaseline.read($0) }
    if let cpus = command.cpus {
      do { try ProcessAffinity.restrict(to: try Machine().cpus(inList: cpus)) } catch { throw GateError("\(error)") }
    }
    let machine = Machine()
    plan = try Plan(suite: suite, machine: machine)
    let machineRecord = machine.record(isa: BuildIdentity.isa)
    choice = GateChoice(
      metrics: command.base == nil ? [GateMetric.proxies.rawValue] : command.metrics, gateOn: command.gateOn,
      machine: machineRecord)
    processes = try GateProcesses(timeoutSeconds: command.timeout, seed: command.seed, interrupt: interrupt)
    let processes = processes
    func resolve(_ name: String, _ role: String) throws -> ResolvedSide {
      try ResolvedSide.resolve(name, role: role, processes: processes) { revision, role in
        try GateSuite.requireEqual(command.suite, text: suite.text, in: revision, role: role, processes: processes)
      }
    }
    base = try command.base.map { try resolve($0, "base") }
    head = try resolve(command.head, "head")
    let startedAt = Timestamp.now()
    record = GateRecord(
      id: RecordFile.id(startedAt: startedAt, suite: "gate-\(suite.name)", commit: head.record.commit),
      startedAt: startedAt, tool: BuildIdentity.tool, command: CommandLine.arguments, suite: SuiteIdentity(gate: suite),
      machine: machineRecord, base: base?.record ?? GateSide(name: command.baseline ?? ""), head: head.record,
      rules: rules, seed: command.seed)
    if let baseline { try check(baseline, architecture: machineRecord.architecture) }
  }

  /// Both sides' binaries, the base first; the head alone beside a baseline.
  var binaries: [GateBinary] { [base?.binary, head.binary].compactMap { $0 } }

  /// Runs everything.
  ///
  /// - Throws: `GateError` where nothing can be compared; `Interrupted` before the first block.
  func run() throws -> GateRecord {
    let cells = try admit()
    let timed = try calibrate(cells)
    let counted = try prepareCounts(cells)
    let keys = keys(timed: timed, counted: counted)
    guard !keys.isEmpty || !failures.isEmpty else { throw nothingToCompare() }
    var blocks = GateBlocks(self, timed: timed, counted: counted, keys: keys)
    try blocks.run()
    return record
  }

  /// Keeps what is known so far, in the file too.
  func keep(_ procedure: GateProcedure, status: RunStatus) throws {
    let judged = procedure.verdicts()
    record.verdicts = judged + failedVerdicts(beside: judged)
    record.status = status
    record.finishedAt = status == .running ? nil : Timestamp.now()
    if let output = command.output, output != "-" { try OutputFile.write(try RecordCodec.encode(record), to: output) }
  }

  /// What never came to a block is invalid all the same.
  private func failedVerdicts(beside judged: [GateVerdict]) -> [GateVerdict] {
    failures.compactMap { failure in
      guard !judged.contains(where: { $0.cell == failure.cell && $0.metric == failure.metric }),
        let metric = Metric.named(failure.metric)
      else { return nil }
      return GateVerdict(
        cell: failure.cell, metric: metric.name, unit: metric.unit, better: metric.better, verdict: .invalid,
        reason: failure.reason,
        margin: GateMetric(metric: metric.name) == .proxies ? rules.marginDeterministic : rules.marginTime)
    }
  }

  /// Notes what is not compared, once.
  func leaveOut(_ cell: String? = nil, metric: String? = nil, _ reason: String) {
    let omission = GateOmission(cell: cell, metric: metric, reason: reason)
    if !record.leftOut.contains(omission) { record.leftOut.append(omission) }
  }

  private func nothingToCompare() -> GateError {
    let reasons = record.leftOut.prefix(5).map { omission in
      "  " + [omission.cell, omission.metric].compactMap { $0 }.joined(separator: " ")
        + (omission.cell == nil && omission.metric == nil ? "" : ": ") + omission.reason
    }
    return GateError((["nothing of the suite \(plan.suite.name) can be compared:"] + reasons).joined(separator: "\n"))
  }

  private func check(_ baseline: ProxyBaseline, architecture: String) throws {
    guard baseline.architecture == architecture else {
      throw GateError(
        "the baseline was counted on \(baseline.architecture), and this is \(architecture): its counts are others",
        kind: .baselineNotFound)
    }
    guard baseline.suite == plan.suite.name else {
      throw GateError("the baseline is of the suite \(baseline.suite), and this is \(plan.suite.name)")
    }
    record.base.commit = baseline.tool.commit
    record.base.dirty = baseline.tool.dirty
    record.base.version = baseline.tool.version
  }
}

extension SuiteIdentity {
  /// What a gate's result keeps of a suite.
  init(gate suite: Suite) {
    self.init(
      name: suite.name, sha256: SHA256.hex(of: suite.text.utf8), text: suite.text, question: suite.question,
      analysis: suite.analysis)
  }
}
