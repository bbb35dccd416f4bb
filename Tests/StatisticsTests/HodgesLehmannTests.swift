import Testing

@testable import Statistics

@Suite struct HodgesLehmannTests {
  @Test func theEstimateMovesAndScalesWithTheValues() throws {
    var random = SplitMix64(seed: 3)
    for _ in 0..<50 {
      let values = (0..<(6 + random.index(below: 20))).map { _ in Double(random.index(below: 10_000)) / 64 }
      let centre = try #require(HodgesLehmann(values))
      let moved = try #require(HodgesLehmann(values.map { -2 * $0 + 5 }))
      #expect(isClose(moved.estimate, -2 * centre.estimate + 5))
      #expect(isClose(moved.interval?.lower, -2 * (try #require(centre.interval)).upper + 5))
      #expect(try #require(centre.interval).contains(centre.estimate))
    }
  }

  @Test func hugeValuesDoNotOverflowAndOthersHaveNone() throws {
    let huge = Double.greatestFiniteMagnitude
    #expect(HodgesLehmann([huge, huge])?.estimate == huge)
    #expect(HodgesLehmann([]) == nil && HodgesLehmann([.nan]) == nil)
    #expect(HodgesLehmann([1, 2, 3, 4, 5]).map { $0.interval == nil && $0.estimate == 3 } == true)
  }

  /// The ends are the 53rd and the 158th of 210 Walsh averages at 20 values.
  @Test func theIntervalIsThatOfTheSignedRankTest() throws {
    let values = (1...20).map { Double($0 * $0) }
    let averages = values.indices.flatMap { i in values[i...].map { (values[i] + $0) / 2 } }.sorted()
    #expect(HodgesLehmann(values)?.interval == Interval(averages[52], averages[157]))
  }
}
