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
      try keepTheBest(of: turn) { try measure(workload, iterations: count, turn: turn) }
      learn(from: workload, cell: turn.cell)
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

  /// How often a repetition that the environment vetoed is tried anew: a neighbour's burst is over then, and a machine
  /// that is never quiet is not waited for.
  private static let furtherTries = 2

  /// Measures, again where the environment has a veto, and keeps the last try; those before it stand apart.
  private func keepTheBest(of turn: Turn, measure: () throws -> SampleRecord) throws {
    var sample = try measure()
    for _ in 0..<Self.furtherTries where sample.isVetoed {
      try interrupt.check()
      record.cells[turn.cell].replacedSamples = (record.cells[turn.cell].replacedSamples ?? []) + [sample]
      samplesTaken += 1
      sample = try measure()
    }
    record.cells[turn.cell].samples.append(sample)
    samplesTaken += 1
    noteFrequencySpread(of: turn.cell)
  }

  /// Cells whose windows ran at different clocks are told, and are vetoed where heat lowered it.
  private func noteFrequencySpread(of cell: Int) {
    let frequencies = record.cells[cell].samples.compactMap { $0.metrics["frequency_hz"] }
    let isHot = record.cells[cell].warnings.contains("W-temperature")
    guard let warning = FrequencySpread.warning(frequenciesHz: frequencies, endedHot: isHot) else { return }
    note([warning], cell: cell)
    let vetoes = policy.vetoes(among: [warning])
    guard !vetoes.isEmpty, let last = record.cells[cell].samples.indices.last else { return }
    record.cells[cell].samples[last].vetoes = Set((record.cells[cell].samples[last].vetoes ?? []) + vetoes).sorted()
  }

  // MARK: - Before the window

  func describe(_ index: Int, by facts: WorkloadFacts) {
    record.cells[index].model = facts.model
    record.cells[index].kernel = facts.kernel
    record.cells[index].program = facts.program
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
    if let program = workload as? any WindowedWorkload {
      // It warms itself up in every run.
      let count = try program.iterations(forSeconds: seconds)
      iterations[turn.cell] = count
      return count
    }
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
