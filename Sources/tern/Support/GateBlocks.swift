import Compare
import Harness
import Meters
import Records
import Suites

/// The loop of a gate: blocks until every verdict stands.
struct GateBlocks {
  private let gate: GateRun
  private let timed: [String: TimedCell]
  private var counted: [String: CountedCell]
  private var procedure: GateProcedure
  private let advisory: Set<String>
  private let startNs = WallClock.nowNs()
  private var done = 0

  init(_ gate: GateRun, timed: [TimedCell], counted: [CountedCell], keys: [GateKey]) {
    self.gate = gate
    self.timed = Dictionary(timed.map { ($0.letter.cell.id, $0) }, uniquingKeysWith: { a, _ in a })
    self.counted = Dictionary(counted.map { ($0.letter.cell.id, $0) }, uniquingKeysWith: { a, _ in a })
    procedure = GateProcedure(rules: gate.rules, keys: keys, seed: gate.command.seed)
    advisory = Set(keys.filter { $0.advisory != nil }.map(\.metric))
  }

  /// Runs blocks round after round; the record is kept after each.
  mutating func run() throws {
    do {
      try gate.keep(procedure, status: .running)
      while true {
        let wanted = wantedNow()
        if wanted.isEmpty { break }
        // One block of every cell, then the next of every cell: a slow minute hits all alike.
        for number in 0..<(wanted.map(\.orders.count).max() ?? 0) {
          for request in wanted where number < request.orders.count {
            tell(request, number: number, of: wanted)
            try block(request, order: request.orders[number])
          }
          try gate.keep(procedure, status: .running)
        }
      }
      try gate.keep(procedure, status: .complete)
    } catch is Interrupted {
      try gate.keep(procedure, status: .interrupted)
    }
    if Console.stderrIsTerminal { Console.raw("\r\u{1B}[K") }
  }

  /// What is wanted, without further looks at what does not count anyway.
  private mutating func wantedNow() -> [GateRequest] {
    for request in procedure.wanted() {
      guard case .look(let number) = request.stage, number > 1, request.metrics.allSatisfy(advisory.contains) else {
        continue
      }
      procedure.stop(
        cell: request.cell, metrics: request.metrics, because: "undecided, and not looked at again: it does not count")
    }
    return procedure.wanted()
  }

  private mutating func block(_ request: GateRequest, order: BlockOrder) throws {
    // A side that failed in an earlier block of this round has ended the cell.
    guard procedure.wanted().contains(where: { $0.cell == request.cell && $0.stage == request.stage }) else { return }
    do {
      var values: (base: [[String: Double]], head: [[String: Double]]) = ([], [])
      var vetoes: [String] = []
      for isHead in order.isHead {
        let (measured, found) = try measure(request, isHead: isHead)
        if isHead { values.head.append(measured) } else { values.base.append(measured) }
        vetoes += found
      }
      done += 1
      for metric in request.metrics {
        let block = Block(
          base: values.base.compactMap { $0[metric] }, head: values.head.compactMap { $0[metric] }, order: order,
          vetoes: Set(vetoes).sorted())
        try procedure.add(block, cell: request.cell, metric: metric, stage: request.stage)
      }
    } catch let failure as LetterFailure {
      fail(request, failure)
    } catch let skip as CellSkip {
      fail(request, LetterFailure("\(skip), which it did not do before"))
    }
  }

  private mutating func fail(_ request: GateRequest, _ failure: LetterFailure) {
    gate.fail(request.cell, isCount: request.isDeterministic, failure)
    procedure.fail(cell: request.cell, metrics: request.metrics, because: "\(failure)")
  }

  /// One process, or what stands in its place.
  private mutating func measure(_ request: GateRequest, isHead: Bool) throws -> ([String: Double], vetoes: [String]) {
    let role = isHead ? "head" : "base"
    if request.isDeterministic {
      guard let cell = counted[request.cell] else { throw LetterFailure("\(request.cell) is not counted") }
      if !isHead, let baseline = gate.baseline { return (baseline.cells[request.cell] ?? [:], []) }
      if isHead, let known = cell.taken.last {
        counted[request.cell]?.taken.removeLast()
        return (known, [])
      }
      return (try gate.count(cell.letter, role: role), [])
    }
    guard let cell = timed[request.cell], let binary = isHead ? gate.head.binary : gate.base?.binary else {
      throw LetterFailure("\(request.cell) is not timed")
    }
    let measured = try gate.processes.measure(cell.letter, by: binary)
    gate.note(measured.record.warnings)
    return (measured.values, measured.vetoes)
  }

  /// A line per round where nobody watches, one that is redrawn on a terminal.
  private func tell(_ request: GateRequest, number: Int, of wanted: [GateRequest]) {
    guard !gate.command.options.quiet else { return }
    let total = wanted.reduce(0) { $0 + $1.orders.count }
    let before = wanted.reduce(0) { $0 + min(number, $1.orders.count) }
    var text = "\(request.stage)  block \(number + 1) of \(request.orders.count)  \(request.cell)"
    if done > 0 {
      let seconds = Double(WallClock.nowNs() - startNs) * 1e-9 / Double(done) * Double(total - before)
      text += "  about \(DryRun.duration(seconds)) left of this round"
    }
    if Console.stderrIsTerminal {
      Console.raw("\r\u{1B}[K" + text.prefix(Console.stderrWidth - 1))
    } else if request == wanted.first {
      Console.note(text)
    }
  }
}
