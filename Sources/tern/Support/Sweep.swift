import ArgumentParser
import Foundation
import Harness
import Machine
import Meters
import Records
import Suites

/// A plan on its way to a record: what `run` and `bench` share.
struct Sweep {
  /// Where the record goes.
  enum Destination {
    case folder(String)
    case nowhere
  }

  let plan: Plan
  let machine: Machine
  let style: Style
  let isQuiet: Bool
  /// Warnings that are accepted, which are kept in the record and not printed, and those that are to veto.
  var policy = WarningPolicy()
  /// Meters without which the run is not worth doing.
  var required: [String] = []
  /// Whether the record had to be saved in another place than it belongs to.
  private(set) var isMisplaced = false

  /// Runs the plan and returns its record; on stderr stand the warnings, the progress and where the record is.
  ///
  /// - Parameter contender: makes what runs the cells; nil stands for Tern's own engine.
  mutating func run(
    to destination: Destination, continuing old: RunRecord? = nil, at oldPath: String? = nil,
    by contender: ((ThreadRoster) -> any Contender)? = nil
  ) throws -> RunRecord {
    let interrupt = Interrupt()
    let signals = interrupt.listen()
    defer { withExtendedLifetime(signals) {} }

    let roster = ThreadRoster()
    let groups = try CounterGroupLibrary.load(plan.suite.counters)
    let meters = MeterCatalog.all(
      threadIDs: { roster.threadIDs }, machine: machine, counterGroups: groups
    ).filter { plan.meters.contains($0.id) }
    let contender =
      contender?(roster) ?? engine(roster, interrupt, energy: meters.first { $0.id == "energy" }, groups: groups)
    let stack = MeterStack(meters)
    let readsEnergy = stack.records.contains { $0.id == "energy" && $0.available }
    try requireMeters(stack)

    if let reminder = TuneJournal.pending() { Console.note(reminder) }
    let record = try old.map { try resumed($0) } ?? fresh(stack)
    let path = try oldPath ?? self.path(for: record, in: destination)
    let progress = Progress(plan: plan, style: style, isQuiet: isQuiet, allowed: policy.allowed)
    for warning in record.warnings { progress.warned(warning) }
    let runner = try Runner(
      plan: plan, record: record, path: path, contender: contender, meters: stack,
      idleMeters: readsEnergy ? MeterStack(meters.filter { ["energy", "time"].contains($0.id) }) : nil,
      machine: machine, policy: policy,
      observer: progress, interrupt: interrupt)
    let (finished, written) = try runner.run()
    if let written {
      Console.note("record  \(written)")
      isMisplaced = written != path
    }
    return finished
  }

  /// What runs the plan's cells: Tern, and beside it the other programs that the suite names.
  private func engine(
    _ roster: ThreadRoster, _ interrupt: Interrupt, energy: (any Meter)?, groups: [CounterGroup]
  ) -> any Contender {
    let tern = TernContender(
      machine: machine, plan: plan, selector: KernelSelector.ofThisBinary(machine: machine), interrupt: interrupt,
      roster: roster)
    guard plan.cells.contains(where: { $0.program != nil }) else { return tern }
    return ProgramContender(beside: tern, plan: plan, machine: machine, interrupt: interrupt) { [machine, plan] pid in
      ProgramMeters(pid: pid, ids: Set(plan.meters), energy: energy, machine: machine, counterGroups: groups)
    }
  }

  /// Ends the command with the status that the run deserves.
  ///
  /// - Parameter isStrict: whether a cell that the environment vetoed counts as one that failed.
  func end(_ record: RunRecord, isStrict: Bool = false) throws {
    if isMisplaced { throw CommandError("the record could not be written where it belongs, and was saved elsewhere") }
    try ExitStatus.check(record)
    if isStrict, record.cells.contains(where: \.isVetoed) { throw ExitStatus.cellsFailed }
  }

  private func fresh(_ stack: MeterStack) -> RunRecord {
    RunRecord(
      plan: plan, machine: machine.record(isa: BuildIdentity.isa),
      warnings: machine.warnings() + plan.warnings(machine: machine), tool: BuildIdentity.tool,
      command: CommandLine.arguments, meters: stack.records)
  }

  private func resumed(_ old: RunRecord) throws -> RunRecord {
    try Resume.prepare(old, plan: plan, machine: machine.record(isa: BuildIdentity.isa), tool: BuildIdentity.tool)
  }

  private func requireMeters(_ stack: MeterStack) throws {
    for meter in stack.records where required.contains(meter.id) && !meter.available {
      Console.note(
        "\(meter.id) is required and cannot be read: \(meter.reason ?? "").\(meter.fix.map { " Fix: \($0)" } ?? "")")
      throw ExitStatus.notPermitted
    }
  }

  private func path(for record: RunRecord, in destination: Destination) throws -> String? {
    guard case .folder(let folder) = destination else { return nil }
    return try ResultsFolder(path: folder).place(for: record)
  }
}
