import Records
import Testing

@testable import Sinks

@Suite struct EnergyPerTokenTests {
  @Test func scatterAndTheMetersOwnUncertaintyAddInQuadrature() throws {
    var cell = try fixture().cells[1]
    for index in cell.samples.indices {
      cell.samples[index].metrics["energy_package_j_per_token"] = [0.9, 1, 1.1][index]
      cell.samples[index].halfWidths = ["energy_package_j_per_token": 0.3]
    }
    let energy = try #require(EnergyPerToken(cell))
    #expect(energy.domain == .package && abs(energy.joules - 1) < 1e-12)
    // Student's t for 2 degrees of freedom, 4.303, times 0.1 over the root of 3.
    let scatter = 4.302652730 * 0.1 / 3.0.squareRoot()
    #expect(abs(try #require(energy.halfWidth) - (0.09 + scatter * scatter).squareRoot()) < 1e-6)
  }

  @Test func aRepetitionWithoutEnergyLeavesTheCellWithoutOne() throws {
    var cell = try fixture().cells[1]
    cell.samples[1].metrics["energy_package_j_per_token"] = nil
    #expect(EnergyPerToken(cell) == nil)
    // Another domain that all of them have takes its place and says so.
    for index in cell.samples.indices { cell.samples[index].metrics["energy_psys_j_per_token"] = 2 }
    #expect(EnergyPerToken(cell)?.domain == .psys)
  }

  @Test func oneRepetitionHasTheMetersUncertaintyAlone() throws {
    var cell = try fixture().cells[1]
    cell.samples = [cell.samples[0]]
    #expect(EnergyPerToken(cell)?.halfWidth == cell.samples[0].halfWidths?["energy_package_j_per_token"])
  }

  @Test func smallEnergiesKeepTheirDigits() {
    #expect(Number.withInterval(0.000312, halfWidth: 0.0000041) == "0.0003120 ± 0.0000041")
    #expect(Number.withInterval(0.0412, halfWidth: 0.0006) == "0.04120 ± 0.00060")
    #expect(Number.withInterval(43.21, halfWidth: 0.00001) == "43.2100 ± 0.0000")
  }
}
