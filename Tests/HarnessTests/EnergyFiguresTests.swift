import Records
import Testing

@testable import Harness

@Suite("What follows from joules and tokens")
struct EnergyFiguresTests {
  @Test("joules per token, tokens per kilowatt-hour and energy times delay carry the energy's relative uncertainty")
  func figures() throws {
    let energy = EnergyFigures(
      metrics: ["energy_package_j": 20, "energy_package_net_j": 12, "time_wall_ns": 2e9],
      halfWidths: ["energy_package_j": 0.4, "energy_package_net_j": 0.6], tokens: 50)
    #expect(energy.metrics["energy_package_j_per_token"] == 0.4)
    #expect(energy.halfWidths["energy_package_j_per_token"] == 0.008)
    #expect(energy.metrics["energy_package_net_j_per_token"] == 0.24)
    #expect(energy.halfWidths["energy_package_net_j_per_token"] == 0.012)
    #expect(energy.metrics["rate_tokens_per_kwh"] == 9e6)
    #expect(try abs(#require(energy.halfWidths["rate_tokens_per_kwh"]) - 0.02 * 9e6) < 1e-3)
    #expect(try abs(#require(energy.metrics["energy_delay_package_js"]) - 0.4 * 0.04) < 1e-12)
  }

  @Test("every figure is a metric of the schema, in every domain")
  func namesAreKnown() {
    let joules = EnergyMetric.allCases.flatMap { [$0.energy, $0.net] }
    let energy = EnergyFigures(
      metrics: Dictionary(uniqueKeysWithValues: joules.map { ($0, 1) }), halfWidths: [:], tokens: 1)
    for name in energy.metrics.keys where !name.hasSuffix("_net_j_per_token") || name.contains("package") {
      #expect(Metric.named(name) != nil, "\(name)")
    }
  }

  @Test("without tokens, without energy, or with an energy of zero nothing is invented", arguments: [0, nil] as [Int?])
  func nothing(tokens: Int?) {
    let metrics = ["energy_package_j": 3.0, "time_wall_ns": 1e9]
    #expect(EnergyFigures(metrics: metrics, halfWidths: [:], tokens: tokens).metrics == metrics)
    #expect(EnergyFigures(metrics: ["time_wall_ns": 1], halfWidths: [:], tokens: 4).metrics == ["time_wall_ns": 1])
    let none = EnergyFigures(metrics: ["energy_package_j": 0], halfWidths: [:], tokens: 4)
    #expect(none.metrics["rate_tokens_per_kwh"] == nil)
    #expect(none.metrics["energy_package_j_per_token"] == 0)
  }
}
