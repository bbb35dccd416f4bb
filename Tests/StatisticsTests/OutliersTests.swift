import Statistics
import Testing

@Suite struct OutliersTests {
  // `0.6745 * (x - np.median(x)) / stats.median_abs_deviation(x)`
  @Test func scoresAreThoseOfTheDefinition() throws {
    let scores = try #require(ten.modifiedZScores)
    #expect(isClose(scores[0], -0.05620833333332169) && isClose(scores[4], -11.297874999999895))
    #expect(ten.outlierPositions == [4])
  }

  @Test func whereMostValuesAreEqualTheMeanDeviationDecides() {
    #expect([5.0, 5, 5, 5, 5, 5, 5, 5, 5, 9].outlierPositions == [9])
    #expect([5.0, 5, 5].outlierPositions.isEmpty)
  }

  @Test func aSummaryHoldsTheParts() throws {
    let summary = try #require(Summary(ten))
    #expect(summary.count == 10 && summary.minimum == 39.2 && summary.maximum == 41.4 && summary.outliers == 1)
    #expect(summary.mean == ten.mean && summary.median == ten.median)
    #expect(summary.medianInterval == Interval(40.9, 41.35))
    let single = try #require(Summary([3]))
    #expect(single.standardDeviation == nil && single.meanInterval == nil && single.mean == 3)
  }
}
