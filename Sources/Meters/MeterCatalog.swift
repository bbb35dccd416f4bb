import Glibc
import Machine
import Records

/// Every meter there is.
public enum MeterCatalog {
  /// The ids, the most asked-for first: what a suite may name.
  public static let ids = ["time", "cpu", "memory", "scheduling", "software-events", "counters", "energy"]

  /// The meters in the order in which a stack starts them: the costliest first and the clock last.
  ///
  /// What a meter does to open and close its window lies inside the windows of those before it.
  ///
  /// - Parameters:
  ///   - threadIDs: the kernel's ids of the run's threads, asked for whenever a window opens.
  ///   - counterGroups: the groups of hardware events to count; with none, the counters are not available.
  ///   - counterMode: how groups that do not fit on the hardware together are counted.
  public static func all(
    threadIDs: @escaping @Sendable () -> [pid_t], machine: Machine, counterGroups: [CounterGroup] = [],
    counterMode: CounterMode = .strict
  ) -> [any Meter] {
    [
      Energy(machine: machine),
      Counters(machine: machine, groups: counterGroups, threadIDs: threadIDs, mode: counterMode), MemoryUse(),
      SoftwareEvents(machine: machine, threadIDs: threadIDs), Scheduling(), CPUTime(), WallClock(),
    ]
  }
}
