import Records

@testable import Compare

/// Whether there is a value, and it is that one.
func isClose(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-12) -> Bool {
  value.map { abs($0 - expected) <= tolerance } ?? false
}

/// Keys and blocks for tests.
enum Samples {
  static func key(
    _ metric: String = "time_wall_ns", cell: String = "c", isDeterministic: Bool = false, advisory: String? = nil
  ) -> GateKey {
    // The names stand in `Metric.all`, and none of them is neutral.
    GateKey(cell: cell, metric: Metric.named(metric)!, isDeterministic: isDeterministic, advisory: advisory)!
  }

  /// A block whose contrast is ln `ratio`.
  static func block(_ ratio: Double, order: BlockOrder = .abba, vetoes: [String] = []) -> Block {
    Block(base: [100, 100], head: [100 * ratio, 100 * ratio], order: order, vetoes: vetoes)
  }

  /// Ratios around `centre` that differ from each other: ± 0.1 %, alternating.
  static func ratio(_ centre: Double, _ number: Int) -> Double {
    centre * (1 + 0.001 * (number % 2 == 0 ? 1 : -1) * (1 + Double(number % 7) / 7))
  }

  /// Gives a procedure what it asks for until it asks no more.
  static func finish(_ procedure: inout GateProcedure, _ block: (GateRequest, String, Int) -> Block) throws {
    var number = 0
    while true {
      let wanted = procedure.wanted()
      guard !wanted.isEmpty else { return }
      for request in wanted {
        for metric in request.metrics {
          for _ in request.orders {
            // A block can end its key: what was asked for besides is then refused.
            let isWanted = procedure.wanted().contains { $0.cell == request.cell && $0.metrics.contains(metric) }
            guard isWanted else { break }
            try procedure.add(block(request, metric, number), cell: request.cell, metric: metric, stage: request.stage)
            number += 1
          }
        }
      }
    }
  }

  /// The verdict on one key whose blocks come from a closure.
  static func verdict(
    _ key: GateKey = key(), rules: GateRules = .standard, _ block: (GateRequest, String, Int) -> Block
  ) throws -> GateVerdict {
    var procedure = GateProcedure(rules: rules, keys: [key], seed: 1)
    try finish(&procedure, block)
    return procedure.verdicts()[0]
  }
}
