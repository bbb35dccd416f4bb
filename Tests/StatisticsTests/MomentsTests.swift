import Statistics
import Testing

/// Golden numbers are NumPy 2.4.6's and SciPy 1.17.1's, printed with `repr`.
let ten = [41.2, 40.9, 41.35, 41.18, 39.2, 41.22, 41.4, 41.05, 41.31, 41.27]
let four = [3.1, 3.05, 3.22, 3.11]

/// Equal to within a few units in the last place.
func isClose(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  a.map { abs($0 - b) <= tolerance * max(1, abs(b)) } ?? false
}

@Suite struct MomentsTests {
  // `np.mean(x), np.std(x, ddof=1), stats.variation(x, ddof=1)`
  @Test func meanAndSpreadAreNumPys() {
    #expect(isClose(ten.mean, 41.007999999999996))
    #expect(isClose(ten.standardDeviation, 0.6518486531908046))
    #expect(isClose(ten.coefficientOfVariation, 0.01589564604932708))
    #expect(isClose(four.mean, 3.12))
    #expect(isClose(four.standardDeviation, 0.0716472842006824))
  }

  // `stats.gmean([0.5, 2.0, 8.0, 1.25])`
  @Test func geometricMeanIsSciPys() {
    #expect(isClose([0.5, 2.0, 8.0, 1.25].geometricMean, 1.7782794100389228))
  }

  @Test(arguments: [0.1, 1e-300, 3.7e200, -41.3]) func equalValuesHaveExactlyTheirOwnMeanAndNoSpread(value: Double) {
    let values = [Double](repeating: value, count: 7)
    #expect(values.mean == value)
    #expect(values.standardDeviation == 0)
    #expect(values.median == value)
    #expect(values.medianAbsoluteDeviation == 0)
  }

  @Test func whatIsNotDefinedIsNil() {
    let none: [Double] = []
    #expect(none.mean == nil && none.median == nil && none.geometricMean == nil && none.modifiedZScores == nil)
    #expect([1.0].standardDeviation == nil)
    #expect([-1.0, 1.0].coefficientOfVariation == nil)
    #expect([1.0, 0.0].geometricMean == nil)
    #expect(Summary([]) == nil)
  }

  @Test(arguments: [
    [1, .nan], [.infinity, 1], [-Double.infinity], [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude],
  ])
  func noInputMakesANonFiniteResult(values: [Double]) {
    let results = [
      values.mean, values.standardDeviation, values.coefficientOfVariation, values.geometricMean, values.median,
      values.medianAbsoluteDeviation, Interval.ofMean(values)?.lower, Interval.ofMedianBootstrapped(values)?.upper,
    ]
    #expect(results.compactMap { $0 }.allSatisfy { $0.isFinite })
  }

  @Test func movingAndScalingTheValuesMovesAndScalesTheResults() throws {
    var random = SplitMix64(seed: 5)
    for _ in 0..<50 {
      let values = (0..<(2 + random.index(below: 20))).map { _ in Double(random.index(below: 10_000)) / 7 + 1 }
      let changed = values.map { 3 * $0 + 100 }
      #expect(isClose(changed.mean, 3 * (try #require(values.mean)) + 100))
      #expect(isClose(changed.standardDeviation, 3 * (try #require(values.standardDeviation)), 1e-9))
      #expect(isClose(changed.median, 3 * (try #require(values.median)) + 100))
      #expect(isClose(changed.medianAbsoluteDeviation, 3 * (try #require(values.medianAbsoluteDeviation)), 1e-9))
    }
  }
}
