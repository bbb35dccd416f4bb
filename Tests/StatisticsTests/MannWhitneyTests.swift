import Testing

@testable import Statistics

/// Golden numbers are SciPy 1.17.1's.
@Suite struct MannWhitneyTests {
  typealias Golden = (first: Int, second: Int, statistic: Double, greater: Double, less: Double)

  // `stats.mannwhitneyu(a, b, alternative=…, method='exact')` for `a = [i * 7919 % 1009 for i in range(1, m + 1)]` and
  // `b = [i * 5501 % 1013 + 0.5 - 120 for i in range(1, n + 1)]`
  @Test(
    arguments: [
      (4, 5, 15, 0.14285714285714285, 0.9047619047619049), (7, 3, 13, 0.3333333333333333, 0.7416666666666667),
      (10, 12, 87, 0.040210563430377676, 0.9654246682110459), (20, 25, 319, 0.05919066433679946, 0.9434943884713813),
      (30, 30, 588, 0.02073024324615374, 0.980014636449822),
    ] as [Golden])
  func exactProbabilitiesAreSciPys(golden: Golden) throws {
    let first = (1...golden.first).map { Double($0 * 7919 % 1009) }
    let second = (1...golden.second).map { Double($0 * 5501 % 1013) + 0.5 - 120 }
    try expect(golden, first, second, isExact: true)
  }

  // The same with `method=PermutationMethod(n_resamples=inf)`, numbers modulo 7, the second ones less 1
  @Test(
    arguments: [
      (4, 5, 10.5, 0.48412698412698413, 0.5793650793650794), (6, 6, 23.5, 0.22727272727272727, 0.8203463203463204),
      (7, 4, 12, 0.6848484848484848, 0.3939393939393939),
    ] as [Golden])
  func tiesHaveTheirOwnDistribution(golden: Golden) throws {
    let first = (1...golden.first).map { Double($0 * 7919 % 7) }
    let second = (1...golden.second).map { Double($0 * 5501 % 7 - 1) }
    try expect(golden, first, second, isExact: true)
  }

  // The same with `method='asymptotic'`, numbers modulo 17 and 19, the second ones less 2
  @Test(
    arguments: [
      (40, 35, 791.5, 0.16654947521890862, 0.8360930981788632),
      (100, 80, 4545.5, 0.05805960303512323, 0.9422743355762887),
    ] as [Golden])
  func largeSamplesHaveTheNormalApproximation(golden: Golden) throws {
    let first = (1...golden.first).map { Double($0 * 7919 % 17) }
    let second = (1...golden.second).map { Double($0 * 5501 % 19 - 2) }
    try expect(golden, first, second, isExact: false)
  }

  private func expect(_ golden: Golden, _ first: [Double], _ second: [Double], isExact: Bool) throws {
    let test = try #require(MannWhitney(first, second))
    #expect(test.statistic == golden.statistic && test.isExact == isExact)
    #expect(isClose(test.pGreater, golden.greater) && isClose(test.pLess, golden.less))
    let mirrored = try #require(MannWhitney(second, first))
    #expect(isClose(mirrored.pLess, test.pGreater) && isClose(mirrored.pTwoSided, test.pTwoSided))
  }

  /// Hollander and Wolfe, example 4.1 (water transfer through membranes): W = 35 as U, P = 0.1272, estimate 0.305.
  @Test func theTextbooksExampleComesOut() throws {
    let term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    let early = [1.15, 0.88, 0.90, 0.74, 1.21]
    let test = try #require(MannWhitney(term, early))
    #expect(test.statistic == 35 && isClose(test.pGreater, 0.1272061272061272))
  }

  @Test func samplesThatAreAllEqualShowNothing() throws {
    for count in [3, 40] {
      let same = [Double](repeating: 2, count: count)
      let test = try #require(MannWhitney(same, same))
      #expect(isClose(test.pGreater, 1) && isClose(test.pLess, 1) && isClose(test.pTwoSided, 1))
    }
    #expect(MannWhitney([], [1]) == nil && MannWhitney([1], [.nan]) == nil)
  }

  // Cumulative numbers of arrangements, counted in Python: the largest k with 2 P(U ≤ k − 1) ≤ 0.05.
  @Test(arguments: [(3, 3, nil), (4, 4, 1), (5, 5, 3), (5, 10, 9), (10, 10, 24), (20, 20, 128)] as [(Int, Int, Int?)])
  func ranksAreThoseOfTheRankSumTables(first: Int, second: Int, rank: Int?) {
    #expect(IndependentRatio.rank(first, second, level: 0.95) == rank)
  }

  /// Beyond the exact sizes the rank comes from the normal approximation, which must join on.
  @Test func theRankOfLargeSamplesJoinsThatOfSmallOnes() throws {
    let exact = try #require(IndependentRatio.rank(30, 30, level: 0.95))
    let approximate = try #require(IndependentRatio.rank(31, 30, level: 0.95))
    #expect(exact < approximate && approximate - exact < 20)
  }

  @Test func ratiosOfTwoSamplesInvertAndScale() throws {
    let fast = [41.2, 40.9, 41.35, 41.18, 39.2, 41.22, 41.4, 41.05]
    let slow = [20.1, 20.3, 20.2, 19.9, 20.25]
    let ratio = try #require(IndependentRatio(fast, over: slow))
    let back = try #require(IndependentRatio(slow, over: fast.map { $0 * 8 }))
    #expect(isClose(ratio.ratio * back.ratio, 0.125))
    #expect(isClose((try #require(ratio.interval)).lower * (try #require(back.interval)).upper, 0.125))
    #expect(isClose(ratio.p, 2.0 / 1287))
    #expect(IndependentRatio([1, 0], over: [1]) == nil && IndependentRatio([], over: [1]) == nil)
  }

  @Test func theIntervalCoversTheTruthAsOftenAsItSays() throws {
    var random = SplitMix64(seed: 21)
    func sample(_ count: Int, _ shift: Double) -> [Double] {
      (0..<count).map { _ in shift * (1 + Double(random.next() >> 11) * 0x1p-53) }
    }
    var hits = 0
    for _ in 0..<2000 {
      let ratio = try #require(IndependentRatio(sample(10, 3), over: sample(8, 2)))
      if try #require(ratio.interval).contains(1.5) { hits += 1 }
    }
    // Nominal 0.957 for 10 and 8; four standard errors are 0.018.
    #expect(abs(Double(hits) / 2000 - 0.957) < 0.018, "\(hits)")
  }
}
