import Foundation
import Records
import Statistics

@testable import Compare

/// The gate, or a gate with one of the mistakes that gates are known for, behind one face: the same checks run on all.
struct ProcedureUnderTest: Sendable, CustomStringConvertible {
  var name: String
  var description: String { name }
  var rules = GateRules.standard
  /// Whether less is taken for better where more is.
  var isFlipped = false
  /// Whether all of the base is run before all of the head, as most gates do.
  var isUnpaired = false

  /// The gate as it is.
  static let real = ProcedureUnderTest(name: "as it is")
  /// Gates with one mistake each.
  static let mutants: [ProcedureUnderTest] = [
    ProcedureUnderTest(name: "unpaired", isUnpaired: true),
    ProcedureUnderTest(name: "sign flipped", isFlipped: true),
    ProcedureUnderTest(name: "α doubled", rules: mutated { $0.alpha *= 2 }),
    // No p-value is above 1, so that every flag counts as confirmed.
    ProcedureUnderTest(name: "confirmation skipped", rules: mutated { $0.confirmationAlpha = 1 + .ulpOfOne }),
  ]

  private static func mutated(_ change: (inout GateRules) -> Void) -> GateRules {
    var rules = GateRules.standard
    change(&rules)
    return rules
  }

  /// The same with other looks: with one, its test has all of alpha.
  func looking(_ looks: [Int]) -> ProcedureUnderTest {
    var other = self
    other.rules.looks = looks
    return other
  }

  private static let key = Samples.key()
  private static let flippedKey = Samples.key("rate_tokens_per_s")

  /// Judges one metric whose true effect is `effect` (ln head − ln base) on a machine.
  func judge(effect: Double, on machine: inout some Disturbance, seed: UInt64) throws -> GateVerdict {
    let key = isFlipped ? Self.flippedKey : Self.key
    var procedure = GateProcedure(rules: rules, keys: [key], seed: seed)
    while let request = procedure.wanted().first {
      for block in blocks(request.orders, effect: effect, on: &machine) {
        try procedure.add(block, cell: key.cell, metric: key.metric, stage: request.stage)
      }
    }
    return procedure.verdicts()[0]
  }

  /// Runs the processes of some blocks.
  func blocks(_ orders: [BlockOrder], effect: Double, on machine: inout some Disturbance) -> [Block] {
    guard isUnpaired else {
      return orders.map { order in
        var base: [Double] = []
        var head: [Double] = []
        for isHead in order.isHead {
          let value = machine.time(effect: isHead ? effect : 0, isHead: isHead)
          if isHead { head.append(value) } else { base.append(value) }
        }
        return Block(base: base, head: head, order: order)
      }
    }
    let base = orders.map { _ in (0..<2).map { _ in machine.time(effect: 0, isHead: false) } }
    return zip(orders, base).map { order, base in
      Block(base: base, head: (0..<2).map { _ in machine.time(effect: effect, isHead: true) }, order: order)
    }
  }
}

/// Something that gives the time of the next process in turn.
protocol Disturbance {
  mutating func time(effect: Double, isHead: Bool) -> Double
}

extension NoisyMachine: Disturbance {
  mutating func time(effect: Double, isHead: Bool) -> Double { 1e9 * exp(effect + next()) }
}
