import Testing

@testable import Statistics

@Suite struct PairedRatioTests {
  let fast = [41.2, 40.9, 41.35, 41.18, 39.2, 41.22, 41.4, 41.05]
  let slow = [6.9, 6.88, 7.01, 6.95, 6.6, 6.93, 6.97, 6.94]

  /// Medians and order statistics of `(d[i] + d[j]) / 2` over `np.triu_indices`, d = log(a) − log(b).
  @Test func estimateAndIntervalAreHodgesAndLehmanns() throws {
    let ratio = try #require(PairedRatio(fast, over: slow))
    let interval = try #require(ratio.interval)
    #expect(isClose(ratio.ratio, 5.935785171068681))
    #expect(isClose(interval.lower, 5.914985590778096) && isClose(interval.upper, 5.955357594184034))
    #expect(ratio.pairs == 8)
  }

  /// Cumulative sums of the exact distribution, which agrees with `stats.wilcoxon(…, mode='exact')`.
  @Test(arguments: [(6, 1), (7, 3), (8, 4), (9, 6), (10, 9), (15, 26), (20, 53), (25, 90), (30, 138), (50, 435)])
  func ranksAreThoseOfTheSignedRankTables(pairs: Int, rank: Int) {
    #expect(SignedRank.rank(pairs: pairs, level: 0.95) == rank)
  }

  // `stats.wilcoxon(d, alternative='less', mode='exact').pvalue` for sums 24 of 8 and 33 of 10.
  @Test func theDistributionIsSciPys() {
    #expect(SignedRank.distribution(pairs: 8).prefix(25).reduce(0, +) == 0.80859375)
    #expect(SignedRank.distribution(pairs: 10).prefix(34).reduce(0, +) == 0.7216796875)
    #expect(isClose(SignedRank.distribution(pairs: 40).reduce(0, +), 1))
  }

  @Test func swappingTheSidesInvertsTheRatio() throws {
    let forth = try #require(PairedRatio(fast, over: slow))
    let back = try #require(PairedRatio(slow, over: fast))
    #expect(isClose(forth.ratio * back.ratio, 1))
    #expect(isClose((try #require(forth.interval)).lower * (try #require(back.interval)).upper, 1))
  }

  @Test func driftOfBothSidesCancels() throws {
    let drift = (0..<8).map { 1 + Double($0) / 4 }
    let ratio = try #require(PairedRatio(zip(fast, drift).map(*), over: zip(slow, drift).map(*)))
    #expect(isClose(ratio.ratio, 5.935785171068681))
  }

  @Test func whatCannotBePairedHasNoRatio() {
    #expect(PairedRatio([], over: []) == nil)
    #expect(PairedRatio([1, 2], over: [1]) == nil)
    #expect(PairedRatio([1, 0], over: [1, 1]) == nil)
    #expect(PairedRatio([1, .nan], over: [1, 1]) == nil)
    #expect(PairedRatio([Double](repeating: 1, count: 1001), over: [Double](repeating: 1, count: 1001)) == nil)
    #expect(PairedRatio([2, 2], over: [1, 1]).map { $0.interval == nil } == true)
  }
}
