import Statistics
import Testing

@Suite struct BenjaminiHochbergTests {
  let p = [0.01, 0.001, 0.2, 0.03, 0.04, 0.5, 0.039, 0.0005]

  // `stats.false_discovery_control(p)`
  @Test func adjustedProbabilitiesAreSciPys() throws {
    let adjusted = try #require(BenjaminiHochberg.adjusted(p))
    let golden = [
      0.026666666666666665, 0.004, 0.22857142857142856, 0.05333333333333333, 0.05333333333333333, 0.5,
      0.05333333333333333, 0.004,
    ]
    for (value, expected) in zip(adjusted, golden) { #expect(isClose(value, expected)) }
  }

  @Test(arguments: [0.001, 0.01, 0.04, 0.06, 0.3, 1]) func thoseWithSmallAdjustedOnesAreBelieved(rate: Double) throws {
    let adjusted = try #require(BenjaminiHochberg.adjusted(p))
    #expect(BenjaminiHochberg.rejected(p, rate: rate) == p.indices.filter { adjusted[$0] <= rate })
  }

  @Test func oneTestIsHeldAgainstTheRateItself() {
    #expect(BenjaminiHochberg.rejected([0.005], rate: 0.005) == [0])
    #expect(BenjaminiHochberg.rejected([0.0051], rate: 0.005) == [])
    #expect(BenjaminiHochberg.rejected([], rate: 0.05) == [] && BenjaminiHochberg.adjusted([]) == [])
  }

  @Test func whatIsNoProbabilityIsNotBelieved() {
    #expect(BenjaminiHochberg.adjusted([0.1, .nan]) == nil && BenjaminiHochberg.rejected([-1, 0], rate: 1) == [])
  }
}
