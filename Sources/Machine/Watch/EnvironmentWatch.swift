import Records

/// Watches what disturbs a cell: start it before the first window, stop it after the last.
///
/// It reads a few files at each end and nothing in between. It promises no cause: it says how much CPU time was taken
/// by the hypervisor, by other programs, by a quota, by heat or by a sleeping machine while the cell ran.
///
///     let watch = EnvironmentWatch(machine: machine, cpus: [0, 1])
///     // … run the cell …
///     for warning in watch.stop().warnings { print(warning.message) }
public struct EnvironmentWatch: Sendable {
  private let files: SystemFiles
  private let cpus: [Int]
  private let before: EnvironmentSnapshot

  /// Opens the watch.
  ///
  /// - Parameter cpus: those that the cell's threads may run on; nil stands for all that are usable.
  public init(machine: Machine, cpus: [Int]? = nil) {
    files = machine.files
    self.cpus = cpus ?? machine.cpusUsable
    before = EnvironmentSnapshot(files: files, cpus: self.cpus)
  }

  /// Closes the watch and says what happened in between.
  public func stop() -> EnvironmentChange {
    EnvironmentChange(from: before, to: EnvironmentSnapshot(files: files, cpus: cpus), cpus: cpus)
  }
}
