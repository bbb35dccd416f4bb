import Compare
import Harness
import Machine
import Meters
import Records
import Suites

/// A cell whose times are compared.
struct TimedCell {
  let letter: GateLetter
  /// The metrics that both sides have.
  let metrics: [String]
}

/// A cell whose counts are compared.
struct CountedCell {
  let letter: GateLetter
  /// Counts of the head that were taken already: they repeat, so none need be taken twice.
  var taken: [[String: Double]]
}

extension GateRun {
  /// The least window of a cell on the faster side.
  private var windowSeconds: Double { choice.wants(.energy) ? 1 : 0.25 }

  // MARK: - Which cells

  /// The cells that both sides can run; the others are left out by name.
  func admit() throws -> [Cell] {
    var cells: [Cell] = []
    for cell in plan.cells {
      if cell.phase.kind == .probe {
        leaveOut(cell.id, "a probe is of the machine and not of the program")
      } else if let program = cell.program {
        leaveOut(cell.id, "\(program.name) is the same on both sides")
      } else if let reason = cell.skipReason {
        leaveOut(cell.id, reason)
      } else if try isKnown(cell) {
        cells.append(cell)
      }
    }
    return cells
  }

  private func isKnown(_ cell: Cell) throws -> Bool {
    let letter = GateLetter(cell, of: plan.suite, settings: .init(meters: ["time"], iterations: 1, warmup: 0))
    var refusals: [(side: GateBinary, words: String)] = []
    for binary in binaries {
      guard let words = try processes.refusal(of: letter, by: binary) else { continue }
      if words.contains("iterations") {
        throw GateError(
          "\(binary.role) \(binary.path) does not know the key iterations of suites, without which two builds cannot be "
            + "made to do the same work: the oldest revision that can be compared is the one that has it")
      }
      refusals.append((binary, words))
    }
    guard let first = refusals.first else { return true }
    let isOneSided = base != nil && refusals.count == 1
    leaveOut(cell.id, isOneSided ? "\(first.side.role) cannot run it: \(first.words)" : first.words)
    return false
  }

  // MARK: - Times

  /// Lets both sides choose their iterations, and takes as many as make the windows of both long enough.
  func calibrate(_ cells: [Cell]) throws -> [TimedCell] {
    guard let base, choice.wanted != [.proxies] else { return [] }
    let meters = ["time"] + choice.wanted.compactMap(\.meter)
    var timed: [TimedCell] = []
    for cell in cells {
      let letter = GateLetter(
        cell, of: plan.suite,
        settings: .init(meters: meters, iterations: cell.iterations, minTimeSeconds: windowSeconds))
      do {
        let first = try processes.measure(letter, by: base.binary)
        let other = try processes.measure(letter, by: head.binary)
        try check(first, other, cell: cell)
        learn(from: first, other)
        let needed = [first, other].map { (windowSeconds * Double($0.iterations) / $0.seconds).rounded(.up) }
        let count = cell.iterations ?? max(1, Int(min(needed.max() ?? 1, 1e9)))
        record.iterations = (record.iterations ?? [:]).merging([cell.id: count]) { $1 }
        let exact = GateLetter(cell, of: plan.suite, settings: .init(meters: meters, iterations: count))
        timed.append(TimedCell(letter: exact, metrics: metrics(first, other)))
      } catch let failure as LetterFailure {
        fail(cell.id, isCount: false, failure)
      } catch let skip as CellSkip {
        leaveOut(cell.id, "\(skip)")
      }
    }
    noteMissing(in: timed)
    return timed
  }

  /// Two sides of which one ran elsewhere are not two sides of one question.
  private func check(_ base: GateMeasurement, _ head: GateMeasurement, cell: Cell) throws {
    guard base.record.machine.hostHash == head.record.machine.hostHash else {
      throw GateError(
        "base ran on the machine \(base.record.machine.name) and head on \(head.record.machine.name): both have to run "
          + "here")
    }
    guard base.cpus == head.cpus else {
      throw GateError(
        "\(cell.id): base pinned its threads to CPUs \(base.cpus ?? []) and head to \(head.cpus ?? []); "
          + "give both the same few with --cpus")
    }
    if let one = base.record.cells.first?.check?.got, let other = head.record.cells.first?.check?.got, one != other {
      throw LetterFailure("head gives another output than base: \(other.prefix(12)) where \(one.prefix(12)) is base's")
    }
  }

  private func learn(from base: GateMeasurement, _ head: GateMeasurement) {
    self.base?.learn(base.record.tool)
    self.head.learn(head.record.tool)
    record.base = self.base?.record ?? record.base
    record.head = self.head.record
    if record.meters.isEmpty { record.meters = head.record.meters }
    note(base.record.warnings + head.record.warnings)
  }

  /// Keeps each warning once; a note asks for nothing.
  func note(_ warnings: [WarningRecord]) {
    for warning in warnings where warning.severity != .note && record.warnings.allSatisfy({ $0.id != warning.id }) {
      record.warnings.append(warning)
    }
  }

  private func metrics(_ base: GateMeasurement, _ head: GateMeasurement) -> [String] {
    Metric.all.map(\.name).filter { name in
      base.values[name] != nil && head.values[name] != nil && !name.hasPrefix("proxy_")
        && choice.wants(GateMetric(metric: name))
    }
  }

  /// Says why a kind of metrics that was asked for is not there.
  private func noteMissing(in timed: [TimedCell]) {
    for kind in [GateMetric.energy, .counters] where choice.wants(kind) && !timed.isEmpty {
      guard !timed.contains(where: { $0.metrics.contains { GateMetric(metric: $0) == kind } }) else { continue }
      let meter = record.meters.first { $0.id == kind.meter && !$0.available }
      leaveOut(metric: kind.rawValue, meter?.reason ?? "the two sides have no value of it in common")
    }
  }

  // MARK: - Counts

  /// Finds the emulator and counts the head once in every cell: what cannot be counted is left out.
  func prepareCounts(_ cells: [Cell]) throws -> [CountedCell] {
    guard choice.wants(.proxies) else { return [] }
    do {
      let found = try processes.findEmulator()
      for binary in binaries { emulated[binary.role] = try processes.forEmulation(binary, on: found) }
      emulator = found
      record.meters.append(
        MeterRecord(
          id: "callgrind", source: "\(found.version) --tool=callgrind",
          scope: "the window, on an emulated CPU, with one thread", available: true))
    } catch let error as GateError {
      if choice.isNamed { throw error }
      leaveOut(metric: GateMetric.proxies.rawValue, "\(error)")
      return []
    }
    var counted: [CountedCell] = []
    var seen: Set<String> = []
    for cell in cells.map(\.withOneThread) where seen.insert(cell.id).inserted {
      if let one = try prepareCount(cell) { counted.append(one) }
    }
    return counted
  }

  private func prepareCount(_ cell: Cell) throws -> CountedCell? {
    guard baseline == nil || baseline?.cells[cell.id] != nil else {
      leaveOut(cell.id, "the baseline does not have it; write it anew with --save-baseline")
      return nil
    }
    // One iteration, after one run that has filled every cache of the program: more would only be a longer wait.
    let letter = GateLetter(
      cell, of: plan.suite, settings: .init(meters: ["time"], iterations: cell.iterations ?? 1, warmup: 1))
    do {
      return CountedCell(letter: letter, taken: [try count(letter, role: "head")])
    } catch let skip as CellSkip {
      leaveOut(cell.id, "it cannot be counted, because the emulated CPU is not this one: \(skip)")
    } catch let failure as LetterFailure {
      fail(cell.id, isCount: true, failure)
    }
    return nil
  }

  /// The counts of one side.
  func count(_ letter: GateLetter, role: String) throws -> [String: Double] {
    guard let emulator, let binary = emulated[role] else { throw LetterFailure("\(role) has no emulator") }
    return try processes.count(letter, by: binary, on: emulator)
  }

  /// Remembers that a side went wrong, by the metric that every cell of that kind has.
  func fail(_ cell: String, isCount: Bool, _ failure: LetterFailure) {
    Console.note("failed  \(cell): \(failure)")
    failures.append((cell, isCount ? "proxy_instructions_per_token" : "time_wall_ns_per_token", "\(failure)"))
  }

  // MARK: - Keys

  /// What is judged, cell after cell.
  func keys(timed: [TimedCell], counted: [CountedCell]) -> [GateKey] {
    let kinds = Set(timed.flatMap { $0.metrics.map(GateMetric.init(metric:)) } + (counted.isEmpty ? [] : [.proxies]))
    func key(_ cell: Cell, _ metric: String, isDeterministic: Bool) -> GateKey? {
      Metric.named(metric).flatMap {
        GateKey(
          cell: cell.id, metric: $0, isDeterministic: isDeterministic,
          advisory: choice.advisory(GateMetric(metric: metric), measured: kinds))
      }
    }
    var keys = timed.flatMap { timed in
      timed.metrics.compactMap { key(timed.letter.cell, $0, isDeterministic: false) }
    }
    for cell in counted {
      let known = baseline?.cells[cell.letter.cell.id].map { Set($0.keys) }
      let names = Metric.all.map(\.name).filter { cell.taken.first?[$0] != nil && known?.contains($0) ?? true }
      keys += names.compactMap { key(cell.letter.cell, $0, isDeterministic: true) }
    }
    for cell in (baseline?.cells.keys.sorted() ?? []) where !counted.contains(where: { $0.letter.cell.id == cell }) {
      if record.leftOut.allSatisfy({ $0.cell != cell }), failures.allSatisfy({ $0.cell != cell }) {
        leaveOut(cell, "only the baseline has it")
      }
    }
    return keys
  }
}
