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
    var events: Result<RunningStack, any Error>?
    var taken: (readings: WindowReadings, change: EnvironmentChange)?
    // A run that fails leaves its window open.
    defer { if taken == nil { _ = running?.stop() } }
    let output = try workload.run(
      iterations: iterations,
      started: { pid in
        watch = EnvironmentWatch(
          machine: machine, cpus: workload.facts.cpus, processes: [pid], since: settings)
      },
      opening: { meters in
        running = try meters.window.start()
        // Threads of a process that has yet to begin are not those that will work.
        if workload.facts.program?.window == .work { events = Result { try meters.events.start() } }
      },
      closing: { sight in
        guard var readings = running?.stop() else { return }
        Self.add(events, to: &readings, haveThreadsChanged: sight.haveThreadsChanged)
        for reading in sight.use.values { readings.metrics[reading.metric] = reading.value }
        readings.problems += sight.use.problems
        if let change = watch?.stop() { taken = (readings, change) }
      })
    guard var taken, let watch else { throw MeterError("the window of the program was never opened") }
    taken.change.include(strayThreads: workload.placementProblems())
    // Its threads are pinned to the cell's CPUs together, and may move among them.
    taken.change.include(metrics: taken.readings.metrics.filter { $0.key != "event_cpu_migrations" })
    return Taken(readings: taken.readings, change: taken.change, before: watch.before, output: .success(output))
  }

  /// Adds the events of the program's threads, or why there are none.
  private static func add(
    _ events: Result<RunningStack, any Error>?, to readings: inout WindowReadings, haveThreadsChanged: Bool
  ) {
    switch events {
    case .success(let running):
      let seen = running.stop()
      if haveThreadsChanged, !seen.metrics.isEmpty {
        readings.problems.append(
          ProblemRecord(
            meter: "software-events", reason: "the program's threads came and went, so that events lack some of them"))
      } else {
        readings.add(pass: seen)
      }
    case .failure(let error):
      readings.problems.append(ProblemRecord(meter: "software-events", reason: "\(error)"))
    case nil: break
    }
  }

  /// What a program said of itself in its last run, and what stands between its numbers and Tern's.
  func learn(from workload: any Workload, cell: Int) {
    guard let program = workload as? any WindowedWorkload else { return }
    describe(cell, by: program.facts)
    let windowNs = record.cells[cell].samples.last?.metrics["time_wall_ns"]
    note(program.warnings(windowNs: windowNs).map(policy.weigh), cell: cell)
  }
}
