import Statistics
import Suites

/// One repetition of one cell, in the order in which it is run.
public struct Turn: Sendable, Equatable {
  /// The cell's index in the plan.
  public let cell: Int
  /// 0 for the cell's first repetition.
  public let repetition: Int
}

/// The order of all repetitions of all cells.
public enum Schedule {
  /// Lays out `repetitions[cell]` repetitions of every cell; the same seed gives the same order.
  public static func turns(repetitions: [Int], groups: [String], order: Suite.Order, seed: UInt64) -> [Turn] {
    var random = SplitMix64(seed: seed)
    switch order {
    case .sequential:
      return repetitions.indices.flatMap { cell in (0..<repetitions[cell]).map { Turn(cell: cell, repetition: $0) } }
    case .shuffled:
      let all = repetitions.indices.flatMap { cell in Array(repeating: cell, count: repetitions[cell]) }
      return numbered(all.shuffled(using: &random))
    case .interleaved:
      return numbered(rounds(repetitions: repetitions, groups: groups, random: &random))
    }
  }

  /// Round after round, one repetition of every cell that still wants one.
  ///
  /// Within a round, cells that share weights (one `group`) stay together, because a model that does not fit beside the others would be made anew for each of
  /// its cells; the groups, and the cells of a group, come in a new random order every round.
  private static func rounds(repetitions: [Int], groups: [String], random: inout SplitMix64) -> [Int] {
    var order: [Int] = []
    for round in 0..<(repetitions.max() ?? 0) {
      let cells = repetitions.indices.filter { repetitions[$0] > round }
      let byGroup = Dictionary(grouping: cells) { groups[$0] }
      for group in byGroup.keys.sorted().shuffled(using: &random) {
        order += byGroup[group]!.shuffled(using: &random)
      }
    }
    return order
  }

  private static func numbered(_ cells: [Int]) -> [Turn] {
    var next: [Int: Int] = [:]
    return cells.map { cell in
      defer { next[cell, default: 0] += 1 }
      return Turn(cell: cell, repetition: next[cell, default: 0])
    }
  }
}
