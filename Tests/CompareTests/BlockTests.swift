import Records
import Testing

@testable import Compare

@Suite struct BlockTests {
  @Test func theContrastIsTheMeanLogarithmOfTheHeadLessThatOfTheBase() throws {
    let contrast = try #require(Block(base: [100, 100], head: [110, 90], order: .abba).contrast)
    // (ln 1.1 + ln 0.9) / 2
    #expect(abs(contrast - -0.005025167926750725) < 1e-15)
  }

  @Test func aBlockIsDroppedForItsVetoesOrItsValues() {
    #expect(Block(base: [1, 1], head: [1, 1], order: .baab).reasonsToDrop(needsLogarithm: true) == [])
    let vetoed = Block(base: [1, 1], head: [1], order: .baab, vetoes: ["W-steal"])
    #expect(vetoed.reasonsToDrop(needsLogarithm: true) == ["W-steal"])
    for bad in [[1.0], [1, .nan], [1, -.infinity], [1, -1], [1, 2, 3]] {
      #expect(Block(base: bad, head: [1, 1], order: .abba).reasonsToDrop(needsLogarithm: false).count == 1)
    }
    let zero = Block(base: [0, 0], head: [1, 1], order: .abba)
    #expect(zero.reasonsToDrop(needsLogarithm: false) == [] && zero.reasonsToDrop(needsLogarithm: true).count == 1)
  }

  @Test func bothOrdersHoldTwoOfEachSideAndCancelStraightDrift() {
    for order in BlockOrder.allCases {
      let places = order.isHead.indices
      #expect(order.isHead.count { $0 } == 2)
      #expect(places.filter { order.isHead[$0] }.reduce(0, +) == places.filter { !order.isHead[$0] }.reduce(0, +))
    }
  }
}
