import Machine
import Meters
import Records

extension Runner {
  /// The window of a process that says itself when it begins and ends.
  ///
  /// The environment is watched from the process's start, because looking at it takes longer than a window may open
  /// late; the process's own CPU time is none of a stranger's.
  func window(of workload: any WindowedWorkload, iterations: Int) throws -> Taken {
    var watch: EnvironmentWatch?
    var running: RunningStack?
    var taken: (readings: WindowReadings, change: EnvironmentChange)?
    let output = try workload.run(
      iterations: iterations,
      started: { pid in
        watch = EnvironmentWatch(
          machine: machine, cpus: workload.facts.cpus, processes: [pid], since: settings)
      },
      opening: { stack in running = try stack.start() },
      closing: {
        if let readings = running?.stop(), let change = watch?.stop() { taken = (readings, change) }
      })
    guard var taken, let watch else { throw MeterError("the window of the program was never opened") }
    taken.change.include(strayThreads: workload.placementProblems())
    return Taken(readings: taken.readings, change: taken.change, before: watch.before, output: .success(output))
  }

  /// What a program said of itself in its last run, and what stands between its numbers and Tern's.
  func learn(from workload: any Workload, cell: Int) {
    guard let program = workload as? any WindowedWorkload else { return }
    describe(cell, by: program.facts)
    let windowNs = record.cells[cell].samples.last?.metrics["time_wall_ns"]
    note(program.warnings(windowNs: windowNs).map(policy.weigh), cell: cell)
  }
}
