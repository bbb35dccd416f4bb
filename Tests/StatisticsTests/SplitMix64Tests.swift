import Statistics
import Testing

@Suite struct SplitMix64Tests {
  /// The first outputs of Vigna's `splitmix64.c` for the state 1234567.
  @Test func theSequenceIsTheReferences() {
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test func indicesAreEvenlySpread() {
    var random = SplitMix64(seed: 1)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[random.index(below: 6)] += 1 }
    // Five standard deviations of a binomial around 10 000.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 460 })
    #expect(random.index(below: 1) == 0)
  }

  @Test func aShuffleKeepsTheItemsAndIsRepeatable() {
    var first = Array(0..<50)
    var second = first
    var (a, b) = (SplitMix64(seed: 9), SplitMix64(seed: 9))
    a.shuffle(&first)
    b.shuffle(&second)
    #expect(first == second && first != Array(0..<50) && first.sorted() == Array(0..<50))
  }
}
