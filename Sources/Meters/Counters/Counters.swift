import CLinux
import Glibc
import Machine
import Records
import Synchronization

/// Hardware performance counters: groups of events, counted for each thread of the run and summed.
///
/// Each thread has its own events, without inheritance, so that threads that are none of the run's are not counted. In
/// the strict mode one group is counted per pass over the same work, and what did not have the hardware to itself is
/// absent.
public struct Counters: Meter {
  /// Whose events are counted.
  public enum Target: Sendable {
    /// Threads of this process, asked for whenever a window opens; the thread that opens it is always among them.
    case threads(@Sendable () -> [pid_t])
    /// Threads of another process, asked for whenever a window opens.
    case others(@Sendable () -> [pid_t])
    /// A command that waits to be executed, and everything that it starts.
    case command(pid_t)
  }

  /// The meter's name in suites and records.
  public let id = "counters"
  /// What is read.
  public let source = "perf_event_open, events by libpfm4"
  /// What the numbers cover.
  public var scope: String? {
    switch target {
    case .threads: "threads of the run"
    case .others: "the program's threads"
    case .command: "the command and what it starts"
    }
  }
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil

  private let machine: Machine
  private let target: Target
  private let mode: CounterMode
  private let kernel: PerfKernel
  private let plan: LazyPlan

  /// Makes the meter; the groups are tried out when it is first asked for its availability.
  ///
  /// - Parameters:
  ///   - groups: what to count, as `CounterGroupLibrary.load` gives it; with none, the meter is not available.
  ///   - threadIDs: the kernel's ids of the run's threads, asked for whenever a window opens; the thread that opens it
  ///     is always counted, whether it is among them or not.
  public init(
    machine: Machine, groups: [CounterGroup] = [], threadIDs: @escaping @Sendable () -> [pid_t] = { [] },
    mode: CounterMode = .strict
  ) {
    self.init(machine: machine, groups: groups, target: .threads(threadIDs), mode: mode)
  }

  /// Counts a command: the process `pid` has been made and waits before its exec.
  ///
  /// Open the window before the command is let go, and end it after it was waited for: events are enabled by the exec,
  /// and inherited by what the command starts. A command runs once, so that all groups are counted in one pass; in the
  /// strict mode, groups that had to take turns are absent, and one group at a time is what surely fits.
  public static func forCommand(
    pid: pid_t, machine: Machine, groups: [CounterGroup], mode: CounterMode = .strict
  ) -> Counters {
    Counters(machine: machine, groups: groups, target: .command(pid), mode: mode)
  }

  /// Counts the threads that another process has when a window opens; several groups take turns in it.
  public static func ofProcess(
    machine: Machine, groups: [CounterGroup], threadIDs: @escaping @Sendable () -> [pid_t]
  ) -> Counters {
    Counters(machine: machine, groups: groups, target: .others(threadIDs), mode: .multiplexed)
  }

  init(
    machine: Machine, groups: [CounterGroup], target: Target, mode: CounterMode, tables: EventTables = .live,
    kernel: PerfKernel = .live
  ) {
    self.machine = machine
    self.target = target
    self.mode = mode
    self.kernel = kernel
    plan = LazyPlan { CounterPlan(groups, machine: machine, tables: tables, kernel: kernel) }
  }

  /// One for each group that can be counted, in the strict mode.
  public var passes: Int {
    switch target {
    case .command: 1
    case .threads, .others: mode == .strict ? max(1, plan.value.groups.count) : 1
    }
  }

  /// Available where at least one of the groups can be counted and tells the truth about a known loop.
  public func availability() -> Availability {
    let plan = plan.value
    if !plan.groups.isEmpty { return .available }
    guard let first = plan.refusals.first else { return Availability(withoutGroups: machine.hardwareCounters()) }
    if plan.refusals.allSatisfy({ $0.reason == first.reason }) {
      return .unavailable(reason: first.reason, fix: first.fix)
    }
    return .unavailable(
      reason: Self.joined(plan.refusals, \.reason), fix: Self.joined(plan.refusals, \.fix))
  }

  /// "ipc, cache: no counters; simd: no event": equal words are said once.
  private static func joined(
    _ refusals: [CounterPlan.Refusal], _ words: KeyPath<CounterPlan.Refusal, String>
  ) -> String {
    var sentences: [(words: String, groups: [String])] = []
    for refusal in refusals {
      if let index = sentences.firstIndex(where: { $0.words == refusal[keyPath: words] }) {
        sentences[index].groups.append(refusal.group)
      } else {
        sentences.append((refusal[keyPath: words], [refusal.group]))
      }
    }
    return sentences.map { "\($0.groups.joined(separator: ", ")): \($0.words)" }.joined(separator: "; ")
  }

  /// Adds the groups as they are encoded here, and what is missing of them.
  public func describe(in record: inout MeterRecord) {
    record.counterGroups = plan.value.groups.map(\.record)
    let notes = notes()
    record.notes = notes.isEmpty ? nil : notes
  }

  private func notes() -> [String] {
    let plan = plan.value
    var notes = plan.refusals.map { "the group \($0.group) is not counted: \($0.reason); \($0.fix)" }
    if !plan.countsKernel {
      let level = machine.perfEventParanoid.map { " is \($0)" } ?? " forbids more"
      notes.append(
        "counted in user mode alone, because kernel.perf_event_paranoid\(level): frequency_hz, and every other metric"
          + " over cpu_time, lacks what the kernel did in that time")
    }
    for group in plan.groups where group.isHybrid {
      let kinds = group.units.compactMap { unit in unit.core.map { "\($0.name) (\(unit.model))" } }
      notes.append("the group \(group.group.name) is counted on \(kinds.joined(separator: " and ")), and never scaled")
    }
    if mode == .multiplexed, plan.groups.count > 1 {
      notes.append(
        "groups take turns on the hardware: counts are as read, and metrics are scaled by the times beside them")
    }
    return notes + machine.counterNotes
  }

  /// Opens the events of this pass for every thread, not yet counting.
  ///
  /// Throws when a thread has ended, the process runs out of file descriptors, or the kernel changed its mind.
  public func open(pass: Int) throws -> any OpenMeter {
    let all = plan.value.groups
    guard !all.isEmpty else { throw MeterError("no group of hardware events can be counted here") }
    let groups = passes > 1 ? [all[min(max(0, pass), all.count - 1)]] : all
    let threads = threads()
    // A server's threads times a group's events pass the usual soft limit of 1024.
    let events = groups.flatMap(\.units).reduce(0) { $0 + $1.events.count }
    DescriptorLimit.raise(toHold: threads.count * events)
    var entries: [CounterWindow.Entry] = []
    for (thread, id) in threads.enumerated() {
      for (index, group) in groups.enumerated() {
        for unit in group.units.indices { entries.append(try entry(index, group, unit, thread, id)) }
      }
    }
    var isCommand = false
    if case .command = target { isCommand = true }
    return CounterWindow(groups: groups, entries: entries, mode: mode, isStartedByExec: isCommand, kernel: kernel)
  }

  private func threads() -> [pid_t] {
    switch target {
    case .command(let process): [process]
    case .threads(let ids): Set(ids() + [clinux_gettid()]).sorted()
    case .others(let ids): ids().sorted()
    }
  }

  private var opening: CounterSet.Opening {
    switch target {
    case .command: .command
    case .threads, .others: mode == .strict ? .pinnedGroup : .group
    }
  }

  private func entry(
    _ index: Int, _ group: CounterPlan.Group, _ unit: Int, _ thread: Int, _ id: pid_t
  ) throws -> CounterWindow.Entry {
    do {
      let set = try CounterSet(group.units[unit], of: id, opening: opening, kernel: kernel)
      return CounterWindow.Entry(group: index, unit: unit, thread: thread, set: set, before: set.values())
    } catch {
      throw Self.error(error, of: id, machine: machine)
    }
  }

  private static func error(_ error: CounterSet.OpenError, of thread: pid_t, machine: Machine) -> MeterError {
    if error.number == ESRCH {
      return MeterError("thread \(thread) has ended before its hardware events could be opened")
    }
    guard case .unusable(let reason, let fix) = machine.counterObstacle(errno: error.number) else {
      return MeterError("\(error.event) of thread \(thread) could not be opened (errno \(error.number))")
    }
    return MeterError("\(error.event) of thread \(thread) could not be opened: \(reason); \(fix)")
  }
}

extension Counters {
  /// The plan, made when it is first asked for: it takes system calls, and not every run counts.
  private final class LazyPlan: Sendable {
    private let make: @Sendable () -> CounterPlan
    private let made = Mutex<CounterPlan?>(nil)

    init(_ make: @escaping @Sendable () -> CounterPlan) { self.make = make }

    var value: CounterPlan {
      made.withLock { made in
        if let made { return made }
        let plan = make()
        made = plan
        return plan
      }
    }
  }
}

extension Availability {
  /// What a meter without groups says: the machine's own obstacle where there is one, and else what is missing.
  fileprivate init(withoutGroups capability: Capability) {
    switch capability {
    case .unusable(let reason, let fix): self = .unavailable(reason: reason, fix: fix)
    case .usable:
      self = .unavailable(
        reason: "no groups of hardware events are asked for",
        fix: "name them: counters = [\"ipc\"]; `tern list counters` shows what there is")
    }
  }
}
