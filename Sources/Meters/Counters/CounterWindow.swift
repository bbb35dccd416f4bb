import CLinux
import Records

/// The groups of one pass, open for every thread of the run, and the window around them.
final class CounterWindow: OpenMeter {
  /// A set of events, and what it belongs to.
  struct Entry {
    /// Which element of `groups`.
    let group: Int
    let unit: Int
    let thread: Int
    let set: CounterSet
    /// What the set had counted before the window: nothing, but that is for the kernel to say.
    let before: Result<[CounterSet.Value], CounterSet.Failure>
  }

  private let groups: [CounterPlan.Group]
  private let entries: [Entry]
  private let mode: CounterMode
  private let kernel: PerfKernel
  /// What is enabled and disabled; empty where the exec of a command does it.
  private let leaders: [Int32]
  private var startNs: UInt64 = 0
  private var endNs: UInt64 = 0

  init(
    groups: [CounterPlan.Group], entries: [Entry], mode: CounterMode, isStartedByExec: Bool, kernel: PerfKernel
  ) {
    self.groups = groups
    self.entries = entries
    self.mode = mode
    self.kernel = kernel
    leaders = isStartedByExec ? [] : entries.map(\.set.leader)
  }

  /// One system call for each thread; reads the clock as its last act.
  func begin() throws {
    // By index, here and below: an iterator takes memory from the heap where the build is not optimised.
    var index = 0
    while index < leaders.count {
      guard kernel.enable(leaders[index]) else { throw MeterError("a group of hardware events could not be enabled") }
      index += 1
    }
    startNs = clinux_monotonic_raw_ns()
  }

  /// Reads the clock as its first act; what the events counted stands still from here on, and is read later.
  func end() {
    endNs = clinux_monotonic_raw_ns()
    var index = 0
    while index < leaders.count {
      _ = kernel.disable(leaders[index])
      index += 1
    }
  }

  func readings() -> MeterReadings {
    var all = MeterReadings()
    var seen: Set<String> = []
    let seconds = Double(endNs &- startNs) / 1e9
    for (index, group) in groups.enumerated() {
      let parts = entries.filter { $0.group == index }.map { entry in
        CounterTally.Part(unit: entry.unit, thread: entry.thread, counts: Self.counts(entry))
      }
      let readings = CounterTally(group: group, mode: mode, seconds: seconds).readings(parts)
      // Groups may share a metric: the first that has it is asked.
      all.values += readings.values.filter { seen.insert($0.metric).inserted }
      all.counters += readings.counters
      all.problems += readings.problems
    }
    return all
  }

  /// What was counted in the window alone.
  private static func counts(_ entry: Entry) -> Result<[CounterSet.Value], CounterSet.Failure> {
    entry.before.flatMap { before in
      entry.set.values().flatMap { after in
        var deltas: [CounterSet.Value] = []
        for (before, after) in zip(before, after) {
          guard after.count >= before.count, after.enabledNs >= before.enabledNs, after.runningNs >= before.runningNs
          else { return .failure(.malformed) }
          deltas.append(
            CounterSet.Value(
              count: after.count - before.count, enabledNs: after.enabledNs - before.enabledNs,
              runningNs: after.runningNs - before.runningNs))
        }
        return .success(deltas)
      }
    }
  }
}
