import Testing

@testable import Statistics

/// Golden p-values are SciPy 1.17.1's, of numbers that a line of arithmetic makes on both sides.
@Suite struct SignedRankTestTests {
  /// One case: how many differences, W⁺, and the two one-sided p-values.
  typealias Golden = (count: Int, statistic: Double, greater: Double, less: Double)

  // `stats.wilcoxon(d, alternative=…, method='exact')` for `d = [i * 7919 % 1009 - 380 for i in range(1, n + 1)]`
  @Test(
    arguments: [
      (5, 13, 0.09375, 0.9375), (6, 15, 0.21875, 0.84375), (7, 22, 0.109375, 0.921875), (8, 30, 0.0546875, 0.9609375),
      (9, 38, 0.037109375, 0.97265625), (10, 46, 0.0322265625, 0.9755859375), (12, 58, 0.07568359375, 0.935302734375),
      (15, 90, 0.04730224609375, 0.9583740234375), (20, 154, 0.0347900390625, 0.9681386947631836),
      (25, 243, 0.014789223670959473, 0.9862602949142456), (30, 353, 0.006023811176419258, 0.9943484691902995),
      (40, 608, 0.003477596443190123, 0.9966710631988462), (50, 942, 0.001399680374908563, 0.9986473380019723),
    ] as [Golden])
  func probabilitiesAreSciPys(golden: Golden) throws {
    let test = try #require(SignedRankTest((1...golden.count).map { Double($0 * 7919 % 1009 - 380) }))
    #expect(test.statistic == golden.statistic && test.pairs == golden.count)
    #expect(isClose(test.pGreater, golden.greater, 1e-14) && isClose(test.pLess, golden.less, 1e-14))
    #expect(isClose(test.pTwoSided, 2 * golden.greater, 1e-14))
  }

  // Zeros left out. Up to 12 `stats.wilcoxon(d, zero_method='wilcox', method=PermutationMethod(n_resamples=inf))` with
  // `d = [i * 7919 % 13 - 5 for i in range(1, n + 1)]`; beyond it whole numbers of sign patterns, counted in Python.
  @Test(
    arguments: [
      (5, 10, 0.34375, 0.8125), (8, 21, 0.359375, 0.66796875), (10, 27.5, 0.298828125, 0.732421875),
      (12, 48, 0.1025390625, 0.91259765625), (20, 123.5, 0.13034439086914062, 0.8748703002929688),
      (30, 256, 0.11658509820699692, 0.8866056986153126), (50, 709, 0.03245397679680195, 0.9680942105215138),
    ] as [Golden])
  func tiesHaveTheirOwnDistribution(golden: Golden) throws {
    let test = try #require(SignedRankTest(Self.tied(golden.count), zeros: .dropped))
    #expect(test.statistic == golden.statistic)
    #expect(isClose(test.pGreater, golden.greater, 1e-14) && isClose(test.pLess, golden.less, 1e-14))
  }

  // The same with `zero_method='pratt'`.
  @Test(
    arguments: [
      (5, 10, 0.34375, 0.8125), (10, 32.5, 0.310546875, 0.720703125), (12, 55, 0.1083984375, 0.90478515625),
      (20, 134.5, 0.1390705108642578, 0.8702983856201172), (30, 288, 0.12311219051480293, 0.8794672787189484),
      (50, 817, 0.03732241165093342, 0.963256371441986),
    ] as [Golden])
  func zerosAreRankedAsPrattDid(golden: Golden) throws {
    let test = try #require(SignedRankTest(Self.tied(golden.count)))
    #expect(test.statistic == golden.statistic)
    #expect(isClose(test.pGreater, golden.greater, 1e-14) && isClose(test.pLess, golden.less, 1e-14))
  }

  static func tied(_ count: Int) -> [Double] { (1...count).map { Double($0 * 7919 % 13 - 5) } }

  /// Hollander and Wolfe, example 3.1 (depression scale factor IV): T⁺ = 40 of the other sign, P = 0.0195, estimate
  /// 0.46, interval (0.010, 0.786) at 0.961.
  @Test func theTextbooksExampleComesOut() throws {
    let before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    let after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    let differences = zip(before, after).map { $0 - $1 }
    let test = try #require(SignedRankTest(differences))
    #expect(test.statistic == 40 && test.pGreater == 0.01953125)
    let centre = try #require(HodgesLehmann(differences))
    #expect(isClose(centre.estimate, 0.46))
    #expect(isClose(centre.interval?.lower, 0.01) && isClose(centre.interval?.upper, 0.786))
  }

  @Test func whereEveryDifferenceIsZeroNothingIsShown() throws {
    for zeros in [SignedRankTest.Zeros.dropped, .ranked] {
      let test = try #require(SignedRankTest([0, 0, 0], zeros: zeros))
      #expect(test.pairs == 0 && test.statistic == 0)
      #expect(test.pGreater == 1 && test.pLess == 1 && test.pTwoSided == 1)
    }
  }

  @Test func whatCannotBeTestedIsNil() {
    #expect(SignedRankTest([]) == nil && SignedRankTest([1, .nan]) == nil && SignedRankTest([.infinity]) == nil)
    #expect(SignedRankTest([Double](repeating: 1, count: 1001)) == nil)
  }

  /// All of one sign has the smallest p there is, 2⁻ⁿ, to the last digit.
  @Test(arguments: [1, 8, 20, 80]) func oneSidedSamplesHaveTheSmallestProbability(count: Int) throws {
    let test = try #require(SignedRankTest((1...count).map(Double.init)))
    #expect(isClose(test.pGreater / Double(sign: .plus, exponent: -count, significand: 1), 1) && test.pLess == 1)
  }

  @Test func signsMirrorScalesAndOrdersChangeNothing() throws {
    var random = SplitMix64(seed: 9)
    for _ in 0..<100 {
      let count = 1 + random.index(below: 30)
      var values = (0..<count).map { _ in Double(random.index(below: 21) - 10) / 4 }
      let test = try #require(SignedRankTest(values))
      let mirrored = try #require(SignedRankTest(values.map { -$0 }))
      #expect(isClose(mirrored.pLess, test.pGreater) && isClose(mirrored.pGreater, test.pLess))
      #expect(SignedRankTest(values.map { $0 * 1024 }) == test)
      random.shuffle(&values)
      #expect(SignedRankTest(values) == test)
      #expect(test.pGreater + test.pLess > 1 - 1e-12 && test.pGreater <= 1 && test.pLess <= 1)
    }
  }
}
