import Records

/// Watches what disturbs a cell: start it before the first window, stop it after the last.
///
/// It reads a few files at each end and nothing in between. It promises no cause: it says how much CPU time was taken
/// by the hypervisor, by other programs, by a quota, by heat or by a sleeping machine while the cell ran.
///
///     let watch = EnvironmentWatch(machine: machine, cpus: [0, 1])
///     // `watch.before` may hold a veto already: wait, or run and mark.
///     // … run the cell …
///     for warning in watch.stop().warnings { print(warning.message) }
public struct EnvironmentWatch: Sendable {
  /// What stood in the way before the cell began.
  public let before: [WarningRecord]

  private let machine: Machine
  private let cpus: [Int]
  private let isPinned: Bool
  private let threads: [Int32]
  private let processes: [Int32]
  private let start: EnvironmentSnapshot

  /// Opens the watch.
  ///
  /// - Parameters:
  ///   - cpus: those that the cell's threads are pinned to; nil stands for all that are usable.
  ///   - threads: the kernel's ids of the cell's own pinned threads, whose affinity is then held against `cpus`.
  ///   - processes: others that work for the cell, whose CPU time is then none of a stranger's; they are not reaped
  ///     before the watch has stopped.
  ///   - settings: those of the run's start: a cell that finds others is not comparable with the first.
  public init(
    machine: Machine, cpus: [Int]? = nil, threads: [Int32] = [], processes: [Int32] = [],
    since settings: EnvironmentSettings? = nil
  ) {
    self.machine = machine
    self.cpus = cpus ?? machine.cpusUsable
    self.threads = threads
    self.processes = processes
    isPinned = cpus != nil
    let now = EnvironmentSnapshot(machine: machine, cpus: self.cpus, processes: processes)
    let changes = settings.flatMap { old in now.settings.map { old.changes(to: $0) } } ?? []
    before =
      EnvironmentRule.settings(changes, when: "since the run began")
      + Check.watched.compactMap { $0.warning(about: machine) } + (cpus.map(machine.warnings(pinningTo:)) ?? [])
    start = now
  }

  /// Closes the watch and says what happened in between.
  public func stop() -> EnvironmentChange {
    let end = EnvironmentSnapshot(machine: machine, cpus: cpus, processes: processes)
    var change = EnvironmentChange(from: start, to: end, cpus: cpus)
    change.isPinned = isPinned
    change.powerLimitW = PowerLimit.packagesW(files: machine.files)
    if isPinned {
      change.strayThreads = ThreadAffinity.problems(of: threads, cpus: cpus, files: machine.files)
    }
    return change
  }
}

extension Check {
  /// What can become true in the middle of a run and is not the run's own doing, as load and CPU pressure are.
  static let watched: [Check] = [.temperature, .battery, .memory, .swap]
}
