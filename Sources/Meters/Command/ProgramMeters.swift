import Glibc
import Machine
import Records

/// Meters of a window in which another process works.
public struct ProgramMeters: Sendable {
  /// The machine's energy, what the process uses, and the clock: opened at once, so that little of the work is missed.
  public let window: MeterStack
  /// Hardware and software events of the threads that the process has when they are opened, which takes longer.
  public let events: MeterStack

  /// Makes the meters of a process.
  ///
  /// - Parameters:
  ///   - pid: the process; nil for a window that is opened before there is one, and sees neither its use nor events.
  ///   - ids: the meters to take; the clock and the process's CPU time, by which the environment is judged, are always
  ///     among them.
  ///   - energy: the run's own meter, so that its sources are looked up once.
  public init(
    pid: pid_t?, ids: Set<String>, energy: (any Meter)?, machine: Machine, counterGroups: [CounterGroup]
  ) {
    let asked = [energy].compactMap(\.self).filter { ids.contains($0.id) }
    guard let pid else {
      window = MeterStack(asked + [WallClock()], overheadWindows: 0)
      events = MeterStack([], overheadWindows: 0)
      return
    }
    let threads: @Sendable () -> [pid_t] = { ReadProgram.threads(of: pid) }
    let watching: [any Meter] = [
      Counters.ofProcess(machine: machine, groups: counterGroups, threadIDs: threads),
      SoftwareEvents(machine: machine, threadIDs: threads, countsOpener: false),
    ]
    window = MeterStack(asked + [ProcessUse(pid: pid), WallClock()], overheadWindows: 0)
    events = MeterStack(watching.filter { ids.contains($0.id) }, overheadWindows: 0)
  }
}
