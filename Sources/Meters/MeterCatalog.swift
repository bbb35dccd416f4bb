import Glibc
import Machine

/// Every meter there is.
public enum MeterCatalog {
  /// The ids, the most asked-for first: what a suite may name.
  public static let ids = ["time", "cpu", "memory", "scheduling", "software-events", "counters", "energy"]

  /// The meters in the order in which a stack starts them: the costliest first and the clock last.
  ///
  /// What a meter does to open and close its window lies inside the windows of those before it.
  ///
  /// - Parameter threadIDs: the kernel's ids of the run's threads, asked for whenever a window opens.
  public static func all(threadIDs: @escaping @Sendable () -> [pid_t], machine: Machine) -> [any Meter] {
    [
      Energy(machine: machine), Counters(machine: machine), MemoryUse(),
      SoftwareEvents(machine: machine, threadIDs: threadIDs), Scheduling(), CPUTime(), WallClock(),
    ]
  }
}
