import Foundation
import Records
import Testing

@testable import Machine

@Suite("Checks")
struct CheckTests {
  private func ids(_ root: FakeRoot) -> [String] { root.machine().warnings().map(\.id) }

  @Test("A server that is set up for measuring has nothing to warn about")
  func quiet() { #expect(ids(.amdServer()) == []) }

  @Test("A laptop as it comes is warned about, worst first, each with a fix")
  func laptop() {
    let warnings = FakeRoot.intelLaptop().machine().warnings()
    #expect(
      warnings.map(\.id) == ["W-governor", "W-turbo", "W-battery", "W-smt", "W-nmi-watchdog", "W-perf-paranoid"])
    #expect(warnings.allSatisfy { $0.fix != nil })
    #expect(warnings[0].message == "the frequency governor is not \"performance\": powersave on 8 of 8 CPUs")
    #expect(warnings[1].fix == "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo")
  }

  @Test("A guest is warned about as one, and about stolen time and memory")
  func guest() { #expect(ids(.bareGuest()) == ["W-vm", "W-steal", "W-memory"]) }

  @Test("A container's quota and limits are its own", arguments: ["v2", "v1"])
  func container(version: String) {
    let expected = ["W-container", "W-cpu-quota", "W-cpuset"]
    #expect(ids(version == "v2" ? .containerV2() : .containerV1()) == expected)
  }

  @Test("Cores of two speeds are warned about")
  func board() throws {
    let warning = try #require(FakeRoot.armBoard().machine().warnings().first)
    #expect(warning.id == "W-hybrid")
    #expect(warning.fix == "taskset --cpu-list 2-3 tern …")
  }

  @Test("Siblings are named")
  func siblings() throws {
    let warning = try #require(FakeRoot.intelLaptop().machine().warnings().first { $0.id == "W-smt" })
    #expect(warning.message == "SMT is on: 8 CPUs are 4 cores (CPUs 0,4 are one)")
  }

  @Test("Every check is told apart by its id, says when it speaks up, and has a group that the doctor lists")
  func table() {
    #expect(Set(Check.all.map(\.id)).count == Check.all.count)
    #expect(Check.all.count >= 25)
    for check in Check.all {
      #expect(check.id.hasPrefix("W-"))
      #expect(check.threshold.hasSuffix(".") && !check.fix.isEmpty)
      #expect(["machine", "frequency", "memory", "measuring"].contains(check.group))
    }
  }

  @Test("Every file of Checks/ that holds a check is in the table")
  func files() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Machine/Checks").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.filter { $0.hasSuffix("Check.swift") && $0 != "Check.swift" }.count == Check.all.count)
  }

  @Test("On a machine that says nothing, no check invents a warning")
  func nothing() { #expect(ids(FakeRoot()) == []) }
}
