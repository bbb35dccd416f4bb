import Foundation
import Records
import Statistics
import Testing

@testable import Compare

@Suite struct CountTests {
  let key = Samples.key("counter_instructions", isDeterministic: true)

  private func verdict(_ base: [Double], _ head: [Double]) throws -> GateVerdict {
    try Samples.verdict(key) { _, _, _ in Block(base: base, head: head, order: .abba) }
  }

  @Test func countsThatRepeatNeedTwoRunsPerSide() throws {
    let same = try verdict([1_000_000, 1_000_000], [1_000_500, 1_000_500])
    #expect(same.verdict == .pass && same.blocksUsed == 1 && same.p == nil && same.reason == nil)
    #expect(same.effect == 0.0005 && isClose(same.smallestVisible, 0.001, 1e-12))
    let less = try verdict([1_000_000, 1_000_000], [990_000, 990_000])
    #expect(less.verdict == .improved && less.effect == -0.01 && less.blocksUsed == 2)
  }

  @Test func aFlagIsCountedOnceMore() throws {
    let worse = try verdict([1_000_000, 1_000_000], [1_030_000, 1_030_000])
    #expect(worse.verdict == .regressed && worse.blocks.map(\.stage) == [.look(1), .confirmation])
    #expect(isClose(worse.effect, 0.03, 1e-15) && worse.confirmationP == nil)
  }

  /// Two states of a program, as alignment gives them: what the first block shows, the second does not.
  @Test func aFlagThatDoesNotRepeatIsLeftToRanks() throws {
    var random = SplitMix64(seed: 4)
    func state() -> Double { random.index(below: 2) == 0 ? 1e6 : 1.03e6 }
    let verdict = try Samples.verdict(key) { _, _, n in
      n == 0
        ? Block(base: [1e6, 1e6], head: [1.03e6, 1.03e6], order: .abba)
        : Block(base: [state(), state()], head: [state(), state()], order: .abba)
    }
    #expect(verdict.verdict != .regressed && verdict.p != nil && verdict.blocks[1].stage == .confirmation)
  }

  @Test func aSmallSpreadIsWidenedAndDecides() throws {
    let pass = try verdict([1_000_000, 1_000_010], [1_000_005, 1_000_015])
    #expect(pass.verdict == .pass && pass.blocksUsed == 1)
    #expect(pass.reason == "the counts do not repeat exactly; the interval is widened by their spread")
    // ln(1000015/1000000) + 10 ln(1000010/1000000)
    #expect(isClose(pass.effectUpper, 0.000115, 1e-7))
    let worse = try verdict([1_000_000, 1_000_010], [1_010_000, 1_010_010])
    #expect(worse.verdict == .regressed && worse.blocksUsed == 2)
  }

  @Test func aLargeSpreadIsLeftToBlocksAndRanks() throws {
    let verdict = try Samples.verdict(key) { _, _, n in
      let wobble = 1000 * Double(n % 5)
      return Block(base: [1e6 + wobble, 1e6], head: [1.01e6 + wobble, 1.01e6], order: .abba)
    }
    // The first block shows too little spread to wait for more; so begin with one that has it.
    #expect(verdict.verdict == .regressed)
    let wide = try Samples.verdict(key) { _, _, n in
      let wobble = 1000 * Double((n + 1) % 5)
      return Block(base: [1e6 + wobble, 1e6], head: [1.01e6 + wobble, 1.01e6], order: .abba)
    }
    #expect(wide.verdict == .regressed && wide.blocksUsed == 40 && wide.p != nil)
  }

  @Test func nothingAndSomethingAreBeyondEveryMargin() throws {
    let zero = try verdict([0, 0], [0, 0])
    #expect(zero.verdict == .pass && zero.effect == 0)
    let some = try verdict([0, 0], [3, 3])
    #expect(some.verdict == .regressed && some.effect == nil && some.baseMedian == 0 && some.headMedian == 3)
    let none = try verdict([3, 3], [0, 0])
    #expect(none.verdict == .improved && none.effect == -1)
    let unsteady = try verdict([0, 1], [0, 1])
    #expect(unsteady.verdict == .inconclusive && unsteady.reason?.contains("0 is among them") == true)
  }

  @Test func aVetoedCountIsTakenAgain() throws {
    let verdict = try Samples.verdict(key) { _, _, n in
      Block(base: [5, 5], head: [5, 5], order: .abba, vetoes: n == 0 ? ["W-crash"] : [])
    }
    #expect(verdict.verdict == .pass && verdict.blocksUsed == 1 && verdict.blocksDropped == 1)
  }
}
