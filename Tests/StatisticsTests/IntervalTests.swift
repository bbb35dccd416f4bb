import Testing

@testable import Statistics

@Suite struct IntervalTests {
  // `stats.t.ppf((1 + level) / 2, df)` for level in (0.8, 0.95, 0.99)
  @Test(arguments: [
    (1, [3.0776835371752544, 12.706204736174694, 63.656741162871526]),
    (2, [1.8856180831641272, 4.302652729749462, 9.924843200918287]),
    (3, [1.637744353696209, 3.1824463052837078, 5.840909309733355]),
    (4, [1.533206274058944, 2.7764451051977934, 4.604094871349992]),
    (9, [1.3830287383966329, 2.262157162798205, 3.249835541592126]),
    (30, [1.3104150253913955, 2.0422724563012378, 2.7499956535672254]),
    (99, [1.2901614420344854, 1.9842169515864174, 2.626405457280827]),
    (9999, [1.281636238198314, 1.960201263621357, 2.5763210958565974]),
  ])
  func studentsQuantilesAreSciPys(degrees: Int, expected: [Double]) {
    for (level, t) in zip([0.8, 0.95, 0.99], expected) {
      #expect(isClose(StudentT.twoSided(level: level, degrees: degrees), t, 1e-10))
    }
  }

  // `stats.t.interval(level, n - 1, np.mean(x), stats.sem(x))`
  @Test func intervalsOfTheMeanAreSciPys() throws {
    let interval = try #require(Interval.ofMean(ten))
    #expect(isClose(interval.lower, 40.541695564292276) && isClose(interval.upper, 41.474304435707715))
    let wider = try #require(Interval.ofMean(four, level: 0.99))
    #expect(isClose(wider.lower, 2.9107573553475614) && isClose(wider.upper, 3.329242644652439))
    #expect(isClose(interval.halfWidth, (41.474304435707715 - 40.541695564292276) / 2))
  }

  // `stats.quantile_test(x, p=.5).confidence_interval(.95)`; ranks by `stats.binom.cdf`.
  @Test func intervalsOfTheMedianAreOrderStatistics() {
    #expect(Interval.ofMedian(ten) == Interval(40.9, 41.35))
    for (n, level, rank) in [
      (6, 0.95, 1), (8, 0.95, 1), (9, 0.95, 2), (20, 0.95, 6), (20, 0.99, 4), (50, 0.95, 18), (100, 0.99, 37),
      (1000, 0.95, 469), (5000, 0.95, 2431),
    ] {
      let values = (1...n).map(Double.init)
      #expect(Interval.ofMedian(values, level: level) == Interval(Double(rank), Double(n + 1 - rank)))
    }
  }

  @Test func tooFewValuesHaveNoDistributionFreeInterval() {
    #expect(Interval.ofMedian([1, 2, 3, 4, 5]) == nil)
    #expect(Interval.ofMedian([1, 2, 3, 4, 5], level: 0.9) == Interval(1, 5))
    #expect(Interval.ofMean([1]) == nil)
    #expect(Interval.ofMean(ten, level: 1) == nil && Interval.ofMean(ten, level: 0) == nil)
  }

  @Test func theSameSeedGivesTheSameBootstrap() throws {
    let first = try #require(Interval.ofMedianBootstrapped(ten, seed: 7))
    #expect(Interval.ofMedianBootstrapped(ten, seed: 7) == first)
    #expect(first.contains(41.21))
    #expect(first.lower >= 39.2 && first.upper <= 41.4)
    #expect(Interval.ofMedianBootstrapped([2.0, 2.0, 2.0]) == Interval(2, 2))
    #expect(Interval.ofMedianBootstrapped([2.0]) == nil)
  }

  @Test func ninetyFivePercentIntervalsCoverTheTruthThatOften() throws {
    var random = SplitMix64(seed: 11)
    var hits = (mean: 0, median: 0)
    for _ in 0..<2000 {
      // A sum of twelve uniform numbers is close to normal, with mean 6.
      let values = (0..<10).map { _ in (0..<12).reduce(0.0) { sum, _ in sum + Double(random.next() >> 11) * 0x1p-53 } }
      if try #require(Interval.ofMean(values)).contains(6) { hits.mean += 1 }
      if try #require(Interval.ofMedian(values)).contains(6) { hits.median += 1 }
    }
    // Nominal 0.95 and, for ranks 2 and 9 of 10, 0.979; four standard errors are 0.02 and 0.013.
    #expect(abs(Double(hits.mean) / 2000 - 0.95) < 0.02)
    #expect(abs(Double(hits.median) / 2000 - 0.979) < 0.013)
  }

  @Test func anIntervalHasFiniteEndsInOrder() {
    #expect(Interval(2, 1) == nil && Interval(.nan, 1) == nil && Interval(0, .infinity) == nil)
  }
}
