import Statistics
import Testing

@Suite struct NormalTests {
  // `stats.norm.ppf`
  @Test(arguments: [
    (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.00083, -3.1451529828797993),
    (0.025, -1.9599639845400545), (0.5, 0), (0.9, 1.2815515655446004), (0.9999, 3.719016485455709),
  ])
  func quantilesAreSciPys(p: Double, z: Double) { #expect(isClose(Normal.quantile(p), z, 1e-11)) }

  // `stats.norm.cdf`
  @Test(arguments: [
    (-30, 4.906713927147908e-198), (-5, 2.866515718791933e-07), (-1.5, 0.06680720126885807), (0, 0.5),
    (0.3, 0.6179114221889526), (4, 0.9999683287581669),
  ])
  func probabilitiesAreSciPys(z: Double, p: Double) { #expect(abs(Normal.probability(below: z) / p - 1) < 1e-12) }

  @Test(arguments: [0, 1, -1, 2, Double.nan]) func whatIsNoShareHasNoQuantile(p: Double) {
    #expect(Normal.quantile(p) == nil)
  }
}
