import Harness
import Suites
import Testing

@Suite struct ScheduleTests {
  private func turns(_ order: Suite.Order, seed: UInt64 = 1, repetitions: [Int] = [3, 3, 2]) -> [Turn] {
    Schedule.turns(repetitions: repetitions, groups: repetitions.map { _ in "g" }, order: order, seed: seed)
  }

  @Test("every repetition of every cell comes once, in its own order", arguments: Suite.Order.allCases)
  func everythingComesOnce(order: Suite.Order) {
    let turns = turns(order)
    #expect(turns.count == 8)
    for (cell, count) in [3, 3, 2].enumerated() {
      #expect(turns.filter { $0.cell == cell }.map(\.repetition) == Array(0..<count))
    }
  }

  @Test("the same seed gives the same order, another seed another", arguments: [Suite.Order.interleaved, .shuffled])
  func seedDecides(order: Suite.Order) {
    let many = Array(repeating: 4, count: 12)
    #expect(turns(order, seed: 5, repetitions: many) == turns(order, seed: 5, repetitions: many))
    #expect(turns(order, seed: 5, repetitions: many) != turns(order, seed: 6, repetitions: many))
  }

  @Test("interleaving finishes a round before it begins the next")
  func roundsFollowEachOther() {
    let rounds = turns(.interleaved).map(\.repetition)
    #expect(rounds == rounds.sorted())
  }

  @Test("cells that share weights stay together within a round")
  func groupsStayTogether() {
    let groups = ["a", "b", "a", "b", "a"]
    let turns = Schedule.turns(repetitions: [2, 2, 2, 2, 2], groups: groups, order: .interleaved, seed: 3)
    for round in [turns.prefix(5), turns.suffix(5)] {
      let sequence = round.map { groups[$0.cell] }
      let changes = zip(sequence, sequence.dropFirst()).filter { $0 != $1 }.count
      #expect(changes == 1, "\(sequence)")
    }
  }

  @Test("nothing to run is an empty schedule")
  func emptyIsEmpty() {
    #expect(Schedule.turns(repetitions: [], groups: [], order: .interleaved, seed: 1).isEmpty)
    #expect(turns(.interleaved, repetitions: [0, 0]).isEmpty)
  }
}
