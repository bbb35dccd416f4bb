import Machine
import Meters
import Records
import Suites

extension Runner {
  /// One repetition: prepare, warm up the first time, cool down, measure, check.
  func take(_ turn: Turn) {
    let cell = plan.cells[turn.cell]
    do {
      let workload = try ledger.timed(\.timeLoadNs) { try contender.prepare(cell) }
      describe(turn.cell, by: workload.facts)
      let count = try ledger.timed(\.timeWarmupNs) { try ready(workload, turn: turn, cell: cell) }
      try ledger.timed(\.timeCooldownNs) { try cooldown(cell.cooldownSeconds) }
      let sample = try measure(workload, iterations: count, turn: turn)
      record.cells[turn.cell].samples.append(sample)
      samplesTaken += 1
      record.cells[turn.cell].outcome = .ok
      check(workload.digest(), of: turn.cell)
    } catch is Interrupted {
      // The window under way is dropped; what is finished stands.
    } catch let skip as CellSkip {
      record.cells[turn.cell].outcome = .skipped(reason: skip.description)
    } catch {
      record.cells[turn.cell].outcome = .failed(reason: "\(error)")
    }
  }

  // MARK: - Before the window

  private func describe(_ index: Int, by facts: WorkloadFacts) {
    record.cells[index].model = facts.model
    record.cells[index].kernel = facts.kernel
    record.cells[index].cpus = facts.cpus
    record.cells[index].estimates = facts.estimates
    var constants = facts.constants
    constants["tokens_per_iteration"] = facts.tokensPerIteration.map(Double.init)
    constants["bytes_per_iteration"] = facts.bytesPerIteration.map(Double.init)
    constants["macs_per_iteration"] = facts.macsPerIteration.map(Double.init)
    record.cells[index].facts = constants
  }

  /// Warms the cell up the first time and says how many iterations its windows have.
  private func ready(_ workload: any Workload, turn: Turn, cell: Cell) throws -> Int {
    try workload.prime()
    if let known = iterations[turn.cell] { return known }
    if let resumed = record.cells[turn.cell].samples.first?.iterations {
      iterations[turn.cell] = resumed
      return resumed
    }
    // A meter that updates once a millisecond, as energy counters do, needs a window that is long against that.
    let seconds = max(cell.minTimeSeconds, Double(stack.minimumWindowNs) * 1e-9)
    let warmup = try Warmup.run(workload, limit: cell.warmup, minTimeSeconds: seconds)
    if !warmup.isStable {
      let warning = WarningRecord(
        id: "W-warmup",
        message: "some cells were still changing by more than 5 % from one warm-up run to the next",
        fix: "raise warmup in the suite, or quiet the machine")
      note([warning], cell: turn.cell)
    }
    iterations[turn.cell] = warmup.iterations
    return warmup.iterations
  }

  private func cooldown(_ seconds: Double) throws {
    let end = WallClock.nowNs() + UInt64(seconds * 1e9)
    while WallClock.nowNs() < end {
      try interrupt.check()
      Pause.milliseconds(min(50, Int((end - WallClock.nowNs()) / 1_000_000) + 1))
    }
  }

  // MARK: - The window

  private func measure(_ workload: any Workload, iterations: Int, turn: Turn) throws -> SampleRecord {
    let startedAt = Timestamp.now()
    let watch = EnvironmentWatch(machine: machine, cpus: workload.facts.cpus)
    let window = try stack.start()
    let output = Result { try workload.run(iterations: iterations) }
    var readings = window.stop()
    let change = watch.stop()
    note(change.warnings, cell: turn.cell)
    readings.metrics["cpu_foreign_fraction"] = change.foreignFraction
    readings.metrics["cpu_steal_fraction"] = change.stealFraction
    let seen = try output.get()
    ledger.timeMeasuredNs += Int(readings.metrics["time_wall_ns"] ?? 0)
    try takeFurtherPasses(workload, iterations: iterations, into: &readings)
    note(problems: readings.problems, cell: turn.cell)
    derive(&readings.metrics, facts: workload.facts, iterations: iterations, output: seen)
    let energy = EnergyFigures(
      metrics: readings.metrics, halfWidths: readings.halfWidths,
      tokens: workload.facts.tokensPerIteration.map { $0 * iterations })
    return SampleRecord(
      repetition: turn.repetition, positionInRun: samplesTaken, startedAt: startedAt, iterations: iterations,
      metrics: energy.metrics, halfWidths: energy.halfWidths.isEmpty ? nil : energy.halfWidths,
      energyZones: readings.zones.isEmpty ? nil : readings.zones,
      counters: readings.counters.isEmpty ? nil : readings.counters,
      problems: readings.problems.isEmpty ? nil : readings.problems,
      windowsNs: readings.windowsNs, tokenTimesNs: seen.tokenTimesNs)
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

  /// Rates are work over wall time; without a wall time there are none.
  private func derive(
    _ metrics: inout [String: Double], facts: WorkloadFacts, iterations: Int, output: WorkloadOutput
  ) {
    metrics["time_to_first_token_ns"] = output.timeToFirstTokenNs
    guard let wallNs = metrics["time_wall_ns"], wallNs > 0 else { return }
    func rate(_ amount: Int?) -> Double? { amount.map { Double($0 * iterations) / (wallNs * 1e-9) } }
    metrics["rate_tokens_per_s"] = rate(facts.tokensPerIteration)
    metrics["rate_bytes_per_s"] = rate(facts.bytesPerIteration)
    metrics["rate_macs_per_s"] = rate(facts.macsPerIteration)
  }

  // MARK: - After the window

  /// A benchmark is also a test: what the suite expects, or else what the first cell of this model and phase gave.
  private func check(_ digest: String?, of index: Int) {
    guard let digest else { return }
    let cell = plan.cells[index]
    let key = Self.outputKey(of: cell)
    let reference = references[key] ?? (digest, cell.id)
    references[key] = reference
    let check = CheckRecord(expected: cell.expectTokensSHA256 ?? reference.digest, got: digest)
    record.cells[index].check = check
    if check.passed == false {
      let whose = cell.expectTokensSHA256 == nil ? "of \(reference.cell)" : "that the suite expects"
      record.cells[index].outcome = .failed(reason: "output \(digest.prefix(12)) differs from the one \(whose)")
    }
  }
}
