import Foundation
import Records
import Testing

@testable import Machine

@Suite("Findings")
struct FindingTests {
  @Test("Findings come in groups, with unique ids")
  func order() {
    let findings = FakeRoot.intelLaptop().machine().findings()
    let groups = findings.map(\.group)
    #expect(
      groups.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } } == [
        "machine", "frequency", "memory", "measuring",
      ])
    #expect(Set(findings.map(\.id)).count == findings.count)
  }

  @Test("Every check and every capability is told")
  func complete() {
    let ids = Set(FakeRoot.bareGuest().machine().findings().map(\.id))
    #expect(ids.isSuperset(of: Check.all.map(\.id)))
    #expect(ids.isSuperset(of: ["cpu", "cpus", "os", "frequency", "counters", "energy", "software-events"]))
  }

  @Test("A warning of the machine is a warning of the doctor, with the same words")
  func agreement() {
    let machine = FakeRoot.intelLaptop().machine()
    let told = machine.findings().filter { $0.state == .warning }
    #expect(Set(told.map(\.id)) == Set(machine.warnings().map(\.id)))
    for warning in machine.warnings() {
      #expect(told.first { $0.id == warning.id }?.detail == warning.message)
    }
  }

  @Test("What is not available says why, and what can be changed says how")
  func unavailable() throws {
    let findings = FakeRoot.bareGuest().machine(cycles: .refused(2)).findings()
    let energy = try #require(findings.first { $0.id == "energy" })
    #expect(energy.state == .unavailable)
    #expect(energy.fix?.contains("bare metal") == true)
    #expect(findings.allSatisfy { !$0.detail.isEmpty && !$0.title.isEmpty })
  }

  @Test("Findings survive JSON")
  func json() throws {
    let findings = FakeRoot.intelLaptop().machine().findings()
    let decoded = try JSONDecoder().decode([Finding].self, from: JSONEncoder().encode(findings))
    #expect(decoded == findings)
  }

  @Test(
    "Numbers are worded for people", arguments: [(0.0175, "1.75 %"), (0.5, "50 %"), (0, "0 %"), (0.123456, "12.35 %")])
  func percent(fraction: Double, text: String) { #expect(Percent.text(fraction) == text) }

  @Test(
    "Sizes are worded for people", arguments: [(512, "512 B"), (48 << 10, "48 KiB"), (3 << 29, "1.5 GiB"), (0, "0 B")])
  func bytes(bytes: Int, text: String) { #expect(Bytes.text(bytes) == text) }
}
