import Glibc
import Machine
import Records

/// Hardware counters of a program, its threads and its children.
public struct ChildCounters: ChildMeter {
  /// The meter's name in suites and records.
  public let id = "counters"
  /// What is read.
  public var source: String { untargeted.source }
  /// What the numbers cover.
  public var scope: String? { untargeted.scope }

  private let machine: Machine
  private let groups: [CounterGroup]
  private let mode: CounterMode
  /// Knows what can be counted, and is opened on no process.
  private let untargeted: Counters

  /// Makes the meter.
  ///
  /// A program runs once, so that all groups are counted together: one alone has the hardware for itself, and several
  /// take turns, with the times beside their counts.
  ///
  /// - Parameter groups: what to count; with none, the meter is not available.
  public init(machine: Machine, groups: [CounterGroup]) {
    self.machine = machine
    self.groups = groups
    mode = groups.count > 1 ? .multiplexed : .strict
    untargeted = Counters.forCommand(pid: 0, machine: machine, groups: groups, mode: mode)
  }

  /// Available where at least one of the groups can be counted.
  public func availability() -> Availability { untargeted.availability() }

  /// Adds the groups as they are encoded here.
  public func describe(in record: inout MeterRecord) { untargeted.describe(in: &record) }

  /// Opens the events on the process.
  ///
  /// Throws `MeterError` when the kernel refuses one.
  public func attach(to pid: pid_t) throws -> any OpenMeter {
    try Counters.forCommand(pid: pid, machine: machine, groups: groups, mode: mode).open(pass: 0)
  }
}
