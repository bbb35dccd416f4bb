import Machine
import Records

/// Meters around a program that knows nothing of them: every run of it is one window.
///
/// Some watch the machine while the program runs (the clock, energy), some are attached to its process (events), and
/// some are what the kernel says of it when it has ended (CPU time, memory, switches).
public struct CommandStack: Sendable {
  /// What each meter reads, or why it cannot, in the order of `MeterCatalog.ids`.
  public let records: [MeterRecord]

  private let machine: Machine
  private let around: MeterStack
  private let attached: [any ChildMeter]
  private let usage: [String]

  /// Asks each meter whether it can be read.
  ///
  /// - Parameters:
  ///   - ids: the meters to take; the clock is always among them.
  ///   - counterGroups: the groups of hardware events to count.
  ///   - around: meters of the machine; nil stands for those of the catalog that watch it.
  public init(
    machine: Machine, ids: Set<String> = Set(MeterCatalog.ids), counterGroups: [CounterGroup] = [],
    around: [any Meter]? = nil
  ) {
    let catalog = MeterCatalog.all(threadIDs: { [] }, machine: machine)
    let around = around ?? catalog.filter { $0.id == "energy" || $0.id == "time" }
    let children: [any ChildMeter] = [
      ChildEvents(machine: machine), ChildCounters(machine: machine, groups: counterGroups),
    ]
    let attached = children.filter { ids.contains($0.id) }
    self.machine = machine
    self.around = MeterStack(around.filter { $0.id == "time" || ids.contains($0.id) })
    usage = ChildUsage.meters.map(\.id).filter(ids.contains)
    var records = self.around.records + attached.map(Self.record)
    records += ChildUsage.meters.filter { ids.contains($0.id) }.map {
      MeterRecord(id: $0.id, source: "wait4(2)", scope: $0.scope, available: true, resolutionNs: 1000)
    }
    self.records = records.sorted { Self.rank($0.id) < Self.rank($1.id) }
    self.attached = attached.filter { meter in records.contains { $0.id == meter.id && $0.available } }
  }

  /// Runs the program once, to its end.
  ///
  /// - Throws: `ProgramError` when it cannot be run, `MeterError` when a meter fails that was available.
  public func measure(_ program: Program) throws -> CommandWindow {
    let child = try WaitingChild(program)
    let meters = try attached.map { try $0.attach(to: child.pid) }
    child.forwardSignals()
    let watch = EnvironmentWatch(machine: machine)
    child.takeStock()
    for meter in meters { try meter.begin() }
    let window = try around.start()
    do { try child.release() } catch {
      _ = window.stop()
      throw error
    }
    let signal = child.waitForEnd()
    var readings = window.stop()
    for meter in meters { meter.end() }
    guard let (end, used) = child.reap() else { throw MeterError("the kernel does not say how the program ended") }
    for meter in meters { readings.add(meter.readings()) }
    for id in usage { readings.add(used.readings(of: id, since: child.before)) }
    var change = watch.stop()
    change.include(metrics: readings.metrics)
    return CommandWindow(
      end: end, signal: signal, readings: readings, cpuNs: max(0, used.cpuNs - child.before.cpuNs), change: change,
      warnings: watch.before + change.warnings)
  }

  /// Lets the machine rest and measures what it takes meanwhile; nil where no energy can be read.
  ///
  /// Throws `MeterError` when the energy meter fails.
  public func idlePower(
    seconds: Double, moment: IdlePowerRecord.Moment, startedAt: String
  ) throws -> IdlePowerRecord? {
    try IdleBaseline.measure(stack: around, seconds: seconds, moment: moment, startedAt: startedAt)
  }

  private static func rank(_ id: String) -> Int { MeterCatalog.ids.firstIndex(of: id) ?? MeterCatalog.ids.count }

  private static func record(of meter: any ChildMeter) -> MeterRecord {
    var record = MeterRecord(id: meter.id, source: meter.source, scope: meter.scope, available: true)
    switch meter.availability() {
    case .available: meter.describe(in: &record)
    case .unavailable(let reason, let fix): (record.available, record.reason, record.fix) = (false, reason, fix)
    }
    return record
  }
}
