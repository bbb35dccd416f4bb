import Foundation
import Testing

@testable import Statistics

@Suite struct ChangePointsTests {
  /// Ten runs each near 41, 44 and 40 tokens per second.
  let history = [
    41.2, 40.9, 41.35, 41.18, 41.0, 41.22, 41.4, 41.05, 41.3, 41.1, 43.9, 44.2, 44.05, 43.8, 44.1, 44.3, 43.95, 44.0,
    44.15, 44.02, 39.9, 40.2, 40.05, 39.8, 40.1, 40.3, 39.95, 40.0, 40.15, 40.02,
  ]

  /// Cumulative sums in NumPy: `abs(cumsum(l - l.mean()))[k - 1] * sqrt(n / (k * (n - k)))`, largest over 2 ≤ k ≤ n − 2.
  @Test func theClearestCutIsThatOfTheCumulativeSums() throws {
    let logs = history.map { log($0) }
    let whole = try #require(ChangePoints.bestCut(logs))
    #expect(whole.position == 20 && isClose(whole.statistic, 0.15861160553951095))
    let part = try #require(ChangePoints.bestCut(Array(logs[..<20])))
    #expect(part.position == 10 && isClose(part.statistic, 0.1510442847867255))
  }

  @Test func levelsAreFoundWithTheirMedians() throws {
    let points = try #require(ChangePoints.of(history))
    #expect(points.map(\.position) == [10, 20])
    #expect(isClose(points[0].before, 41.19) && isClose(points[0].after, 44.035))
    #expect(isClose(points[1].before, 44.035) && isClose(points[1].after, 40.035))
    #expect(points.allSatisfy { $0.p < 0.001 })
  }

  /// The p-value by 40 000 shuffles in NumPy is 0.0223: no change at 0.001, one at 0.05.
  @Test func theProbabilityIsThatOfShuffling() throws {
    let values = [1.0, 1.1, 0.95, 1.02, 1.2, 0.9, 1.3, 1.15, 1.05, 1.25, 1.4, 1.1, 1.35, 1.2, 1.45, 1.3]
    #expect(ChangePoints.of(values) == [])
    let points = try #require(ChangePoints.of(values, level: 0.05))
    // Three standard deviations of 9999 draws.
    #expect(isClose(points.first?.p, 0.0223, 0.0045))
  }

  @Test func theSameSeedGivesTheSameAnswerAndEveryUnitTheSameCuts() throws {
    #expect(ChangePoints.of(history, seed: 7) == ChangePoints.of(history, seed: 7))
    let scaled = try #require(ChangePoints.of(history.map { $0 * 1e9 }))
    #expect(scaled.map(\.position) == [10, 20])
    let inverse = try #require(ChangePoints.of(history.map { 1 / $0 }))
    #expect(inverse.map(\.position) == [10, 20])
    #expect(isClose(inverse[0].ratio, 41.19 / 44.035, 1e-3))
  }

  @Test func aStepBelowTheMarginIsNone() throws {
    let step = (0..<40).map { $0 < 20 ? 100.0 : 100.5 }
    #expect(ChangePoints.of(step) == [])
    #expect(try #require(ChangePoints.of(step, margin: 0.001)).map(\.position) == [20])
  }

  @Test func oneWildRunIsNoLevel() {
    var values = [Double](repeating: 50, count: 30)
    for index in values.indices { values[index] += 0.1 * Double(index * 7 % 5) }
    values[17] = 20
    #expect(ChangePoints.of(values) == [])
  }

  @Test func whatCannotBeJudgedHasNoAnswer() {
    #expect(ChangePoints.of([]) == nil)
    #expect(ChangePoints.of([Double](repeating: 1, count: 13)) == nil)
    #expect(ChangePoints.of([Double](repeating: 1, count: 14)) == [])
    for bad in [0, -1, .nan, .infinity] { #expect(ChangePoints.of(history + [bad]) == nil) }
  }

  /// Fourteen runs are the fewest whose two halves have more than a thousand orders each way.
  @Test func fourteenRunsSuffice() throws {
    let step = (0..<14).map { $0 < 7 ? 10.0 : 11.0 }
    #expect(try #require(ChangePoints.of(step)).map(\.position) == [7])
  }

  /// A t-test on the best cut calls 2 % of steady series changed, and 31 % of those that wander.
  @Test(arguments: [(0.0, 1), (0.5, 4)])
  func steadySeriesAreSeldomCalledChanged(memory: Double, most: Int) {
    var random = SplitMix64(seed: 3)
    var flagged = 0
    for _ in 0..<200 {
      var noise = 0.0
      let series = (0..<50).map { _ -> Double in
        noise = memory * noise + normal(&random)
        return 100 * exp(0.02 * noise)
      }
      if ChangePoints.of(series, permutations: 1999) != [] { flagged += 1 }
    }
    #expect(flagged <= most, "\(flagged) of 200")
  }

  @Test func aStepOfThreeDeviationsIsFoundWhereItIs() {
    var random = SplitMix64(seed: 4)
    var found = 0
    for _ in 0..<50 {
      let series = (0..<50).map { 100 * exp(0.01 * normal(&random) + ($0 < 30 ? 0 : -0.03)) }
      let points = ChangePoints.of(series, permutations: 1999) ?? []
      if points.count == 1, abs(points[0].position - 30) <= 2, points[0].ratio < 1 { found += 1 }
    }
    #expect(found >= 45, "\(found) of 50")
  }

  /// Box and Muller.
  private func normal(_ random: inout SplitMix64) -> Double {
    let first = (Double(random.next() >> 11) + 1) * 0x1p-53
    let second = Double(random.next() >> 11) * 0x1p-53
    return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
  }
}
