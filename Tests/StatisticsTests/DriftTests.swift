import Testing

@testable import Statistics

/// Golden numbers are SciPy 1.17.1's; the autocorrelations are sums in NumPy.
@Suite struct DriftTests {
  typealias Golden = (count: Int, tau: Double, p: Double, slope: Double, lagOne: Double)

  // `stats.kendalltau(range(n), s, method='exact')` and `stats.theilslopes(s, range(n))` for
  // `s = [i * 7919 % 1009 + 3 * i for i in range(1, n + 1)]`
  @Test(
    arguments: [
      (5, -1, 0.016666666666666666, -150, 0.4),
      (12, -0.3636363636363636, 0.11595087782587783, -43.49444444444444, 0.29032895863780656),
      (30, -0.011494252873563218, 0.9436180468092228, -0.5185185185185185, 0.24596764438775845),
      (50, 0.04326530612244898, 0.6651809540151676, 1.35, 0.2525353031386343),
    ] as [Golden])
  func seriesWithoutTiesAreJudgedExactly(golden: Golden) throws {
    try expect(golden, (1...golden.count).map { Double($0 * 7919 % 1009 + 3 * $0) })
  }

  // The same with `method='asymptotic'` for `s = [i * 7919 % 13 + i // 4 …]`
  @Test(
    arguments: [
      (10, 0.3409971697352368, 0.17621399555130546, 0.625, 0.22783171521035603),
      (80, 0.6648124233442085, 7.327265093126111e-18, 0.25, 0.7306531452602065),
    ] as [Golden])
  func tiesAreCorrectedFor(golden: Golden) throws {
    try expect(golden, (1...golden.count).map { Double($0 * 7919 % 13 + $0 / 4) })
  }

  // The same for 100 numbers `i * 7919 % 1009 + 2 * i`
  @Test func longSeriesHaveTheNormalApproximation() throws {
    let golden: Golden = (100, 0.12686868686868688, 0.061448090152613766, 1.878787878787879, 0.2530338934651405)
    try expect(golden, (1...100).map { Double($0 * 7919 % 1009 + 2 * $0) })
  }

  private func expect(_ golden: Golden, _ series: [Double]) throws {
    let drift = try #require(Drift(series))
    #expect(isClose(drift.tau, golden.tau) && isClose(drift.slope, golden.slope))
    #expect(abs(drift.p / golden.p - 1) < 1e-9, "\(drift.p)")
    #expect(isClose(drift.lagOneCorrelation, golden.lagOne))
  }

  /// Hollander and Wolfe, example 8.1 (lightness of tuna): τ = 0.4444, P = 0.1194.
  @Test func theTextbooksExampleComesOut() throws {
    let drift = try #require(Drift([2.5, 4.0, 2.6, 3.6, 2.8, 3.1, 5.2, 5.0, 3.8]))
    #expect(isClose(drift.tau, 4.0 / 9) && isClose(drift.p, 0.11943893298059964))
  }

  @Test func aSteadySeriesDoesNotDrift() throws {
    let steady = try #require(Drift([3, 3, 3, 3]))
    #expect(steady.tau == 0 && steady.p == 1 && steady.slope == 0 && steady.lagOneCorrelation == nil)
    #expect(Drift([1, 2]) == nil && Drift([1, 2, .nan]) == nil)
  }

  @Test func reversingTheOrderReversesTheDrift() throws {
    let series = [41.2, 40.9, 41.35, 41.18, 39.2, 41.22, 41.4, 41.05]
    let forth = try #require(Drift(series))
    let back = try #require(Drift(series.reversed()))
    #expect(isClose(back.tau, -forth.tau) && isClose(back.slope, -forth.slope) && isClose(back.p, forth.p))
  }
}
