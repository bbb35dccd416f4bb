import Machine
import Meters
import Records

extension Runner {
  /// One window of the meters, and one more for each further group of events, with what disturbed it.
  func measure(_ workload: any Workload, iterations: Int, turn: Turn) throws -> SampleRecord {
    let startedAt = Timestamp.now()
    let taken =
      try (workload as? any WindowedWorkload).map { try window(of: $0, iterations: iterations) }
      ?? window(around: workload, iterations: iterations)
    var (readings, change) = (taken.readings, taken.change)
    if let pages = workload.facts.pages { change.include(misplacedPages: pages.misplaced, of: pages.verified) }
    let warnings = (taken.before + change.warnings).map(policy.weigh)
    note(warnings, cell: turn.cell)
    readings.metrics["cpu_foreign_fraction"] = change.foreignFraction
    readings.metrics["cpu_steal_fraction"] = change.stealFraction
    let seen = try taken.output.get()
    ledger.timeMeasuredNs += Int(readings.metrics["time_wall_ns"] ?? 0)
    note(problems: readings.problems, cell: turn.cell)
    derive(&readings.metrics, facts: workload.facts, iterations: iterations, output: seen)
    let energy = EnergyFigures(
      metrics: readings.metrics, halfWidths: readings.halfWidths,
      tokens: workload.facts.program?.window == .process
        ? nil : workload.facts.tokensPerIteration.map { $0 * iterations })
    let vetoes = policy.vetoes(among: warnings)
    return SampleRecord(
      repetition: turn.repetition, positionInRun: samplesTaken, startedAt: startedAt, iterations: iterations,
      metrics: energy.metrics, halfWidths: energy.halfWidths.isEmpty ? nil : energy.halfWidths,
      energyZones: readings.zones.isEmpty ? nil : readings.zones,
      counters: readings.counters.isEmpty ? nil : readings.counters,
      problems: readings.problems.isEmpty ? nil : readings.problems, vetoes: vetoes.isEmpty ? nil : vetoes,
      windowsNs: readings.windowsNs, tokenTimesNs: seen.tokenTimesNs)
  }

  /// One window with what it saw.
  struct Taken {
    var readings: WindowReadings
    var change: EnvironmentChange
    /// What stood in the way before it.
    var before: [WarningRecord]
    var output: Result<WorkloadOutput, any Error>
  }

  private func window(around workload: any Workload, iterations: Int) throws -> Taken {
    let watch = EnvironmentWatch(
      machine: machine, cpus: workload.facts.cpus, threads: workload.facts.threadIDs, since: settings)
    let before = workload.placementProblems()
    #if TERN_TEST_HOOKS
      Slowdown.prepare(workload)
    #endif
    let window = try stack.start()
    EmulatedWindow.open()
    let output = Result { try work(workload, iterations: iterations) }
    EmulatedWindow.close()
    var readings = window.stop()
    var change = watch.stop()
    change.include(strayThreads: before + workload.placementProblems())
    change.include(metrics: readings.metrics)
    if case .success = output { try takeFurtherPasses(workload, iterations: iterations, into: &readings) }
    return Taken(readings: readings, change: change, before: watch.before, output: output)
  }

  /// The content of a window.
  private func work(_ workload: any Workload, iterations: Int) throws -> WorkloadOutput {
    let output = try workload.run(iterations: iterations)
    #if TERN_TEST_HOOKS
      try Slowdown.add(to: workload, after: iterations)
    #endif
    return output
  }

  /// Runs the same work again for groups of events that do not fit together: one window for each, so that no event has
  /// to share a counter.
  private func takeFurtherPasses(
    _ workload: any Workload, iterations: Int, into readings: inout WindowReadings
  ) throws {
    for pass in 1..<max(1, stack.passes) {
      try interrupt.check()
      let window = try stack.start(pass: pass)
      let output = Result { try workload.run(iterations: iterations) }
      let seen = window.stop()
      _ = try output.get()
      ledger.timeMeasuredNs += Int(seen.metrics["time_wall_ns"] ?? 0)
      readings.add(pass: seen)
    }
  }

  /// What a meter could not see becomes a warning of the cell, in the words of the first window.
  private func note(problems: [ProblemRecord], cell: Int) {
    note(
      problems.map { problem in
        WarningRecord(
          id: "W-\(problem.meter)",
          message: [problem.what, problem.reason].compactMap { $0 }.joined(separator: ": "),
          fix: "the values are left out; `tern doctor` says what this machine allows")
      }, cell: cell)
  }

  /// Rates are work over wall time, of another program over the time that it says itself; without a wall time there are none.
  private func derive(
    _ metrics: inout [String: Double], facts: WorkloadFacts, iterations: Int, output: WorkloadOutput
  ) {
    metrics["time_to_first_token_ns"] = output.timeToFirstTokenNs
    metrics["time_program_ns"] = output.programTimeNs
    guard let wallNs = output.programTimeNs ?? metrics["time_wall_ns"], wallNs > 0 else { return }
    func rate(_ amount: Int?) -> Double? { amount.map { Double($0 * iterations) / (wallNs * 1e-9) } }
    metrics["rate_tokens_per_s"] = rate(facts.tokensPerIteration)
    metrics["rate_bytes_per_s"] = rate(facts.bytesPerIteration)
    metrics["rate_macs_per_s"] = rate(facts.macsPerIteration)
    metrics["rate_flop_per_s"] = rate(facts.flopPerIteration)
    metrics["time_load_ns"] = facts.loadsPerIteration.map { wallNs / Double($0 * iterations) }
  }
}
