import Records
import Testing

@testable import Machine
@testable import Meters

@Suite("Energy: injected faults")
struct EnergyFaultTests {
  @Test("Every fault gives right joules, or nothing and the reason")
  func table() throws {
    let faults = EnergyFaultTable.all
    #expect(faults.count >= 60)
    #expect(Set(faults.map(\.name)).count == faults.count)
    var lines: [String] = []
    for fault in faults {
      let (text, isRight) = judge(fault, try fault.run())
      lines.append(
        "\(isRight ? " " : "✘") \(fault.name)\(String(repeating: " ", count: max(1, 58 - fault.name.count)))\(text)")
      #expect(isRight, "\(fault.name): \(text), expected \(fault.outcome)")
    }
    print("\(faults.count) faults\n" + lines.joined(separator: "\n"))
  }

  /// What came out in a line, and whether it is what must come out.
  private func judge(_ fault: EnergyFault, _ seen: EnergyFault.Seen) -> (text: String, isRight: Bool) {
    switch (fault.outcome, seen) {
    case (.unavailable(let words), .unavailable(let reason, let fix)):
      return ("unavailable: \(reason)", reason.contains(words) && !fix.isEmpty)
    case (_, .unavailable(let reason, _)): return ("unavailable: \(reason)", false)
    case (.unavailable, .readings(let readings)): return ("\(readings.values)", false)
    case (.joules(let metric, let watts), .readings(let readings)):
      guard let reading = readings.values.first(where: { $0.metric == metric }), let halfWidth = reading.halfWidth
      else { return ("no \(metric): \(readings.problems.map(\.reason))", false) }
      // The window is longer than the wait by what its own readings take; both are far inside the tolerance.
      let error = abs(reading.value - watts * fault.seconds)
      let text = "\(metric) = \(rounded(reading.value)) ± \(rounded(halfWidth)) J"
      return (text, error <= watts * 0.005 + halfWidth && halfWidth < 0.06 * reading.value && namesAreKnown(readings))
    case (.problem(let metric, let words), .readings(let readings)):
      let reasons = readings.problems.map(\.reason)
      return (
        "problem: \(reasons.first ?? "none")",
        !readings.values.contains { $0.metric == metric } && reasons.contains { $0.contains(words) }
          && namesAreKnown(readings)
      )
    case (.absent(let metric), .readings(let readings)):
      return (
        "no \(metric)", !readings.values.contains { $0.metric == metric } && namesAreKnown(readings)
      )
    }
  }

  private func namesAreKnown(_ readings: MeterReadings) -> Bool {
    readings.values.allSatisfy { Metric.named($0.metric) != nil && $0.value > 0 && $0.halfWidth != nil }
  }

  private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
