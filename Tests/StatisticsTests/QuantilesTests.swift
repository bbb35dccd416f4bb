import Statistics
import Testing

@Suite struct QuantilesTests {
  // `np.quantile(x, p)`
  @Test(
    arguments: zip(
      [0, 0.1, 0.25, 0.5, 0.9, 0.99, 1], [39.2, 40.73, 41.082499999999996, 41.21, 41.355000000000004, 41.3955, 41.4]))
  func quantilesAreNumPysDefault(share: Double, expected: Double) {
    #expect(isClose(ten.quantile(share), expected))
  }

  // `stats.median_abs_deviation(x)`
  @Test func medianAbsoluteDeviationIsSciPys() {
    #expect(isClose(ten.medianAbsoluteDeviation, 0.120000000000001))
    #expect(isClose(four.medianAbsoluteDeviation, 0.030000000000000027))
  }

  @Test func severalQuantilesAgreeWithSingleOnes() throws {
    let shares = [0.5, 0.9, 0.99]
    #expect(ten.quantiles(shares) == shares.compactMap(ten.quantile))
    #expect(ten.quantiles([0.5, 1.5]) == nil)
  }

  @Test(arguments: [-0.1, 1.1, .nan]) func aShareOutsideZeroToOneHasNoQuantile(share: Double) {
    #expect(ten.quantile(share) == nil)
  }

  @Test func quantilesGrowWithTheShareAndStayInside() throws {
    var random = SplitMix64(seed: 3)
    for _ in 0..<50 {
      let values = (0..<(1 + random.index(below: 30))).map { _ in Double(random.index(below: 1000)) }
      let quantiles = try #require(values.quantiles(stride(from: 0, through: 1, by: 0.05).map { $0 }))
      #expect(quantiles == quantiles.sorted())
      #expect(quantiles.first == values.min())
    }
  }
}
