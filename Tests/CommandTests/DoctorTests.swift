import Foundation
import Testing

@Suite struct DoctorTests {
  private func report(_ arguments: [String]) throws -> [String: Any] {
    let result = try Binary.run(["doctor", "--json"] + arguments, in: Binary.root, environment: [:])
    #expect(result.status == 0, "\(result.err)")
    return try #require(try result.json() as? [String: Any])
  }

  private func findings(_ report: [String: Any]) throws -> [[String: Any]] {
    try #require(report["findings"] as? [[String: Any]])
  }

  @Test("the JSON has a schema, a machine and findings, and every number a unit")
  func json() throws {
    let report = try report([])
    #expect(report["schema"] as? Int == 1 && report["live"] as? Bool == true)
    #expect((report["machine"] as? [String: Any])?["cpu"] != nil)
    let findings = try findings(report)
    #expect(findings.count > 30)
    let units = ["_fraction", "_bytes", "_cpus", "_1m", "_ns", "_khz", "_c"]
    for finding in findings {
      #expect(["ok", "warning", "unavailable"].contains(finding["state"] as? String))
      #expect((finding["severity"] != nil) == (finding["state"] as? String == "warning"))
      for name in (finding["measured"] as? [String: Double] ?? [:]).keys {
        #expect(units.contains { name.hasSuffix($0) }, "\(name) has no unit")
      }
    }
  }

  @Test("another root is read in place of this machine's, and this kernel answers nothing for it")
  func anotherRoot() throws {
    let machine = try FakeMachine()
    let report = try report(machine.flags)
    #expect(report["live"] as? Bool == false)
    let record = try #require(report["machine"] as? [String: Any])
    #expect((record["cpu"] as? [String: Any])?["model"] as? String == "Made-up CPU")
    #expect((record["cpu"] as? [String: Any])?["isa"] as? [String] == [])
    #expect(record["os"] == nil, "the name of the system lies in neither root")
    #expect(record["load_average_1m"] as? Double == 0.25)
    let findings = try findings(report)
    for id in ["software-events", "counters", "time", "cpu-time", "memory"] {
      let finding = try #require(findings.first { $0["id"] as? String == id })
      #expect(finding["state"] as? String == "unavailable")
      #expect((finding["detail"] as? String)?.contains("another root is looked at") == true)
    }
    let governor = try #require(findings.first { $0["id"] as? String == "W-governor" })
    #expect(governor["severity"] as? String == "warn")
  }

  @Test("the text fits 80 columns, fixes that must be copied whole aside")
  func width() throws {
    let machine = try FakeMachine()
    for flags in [[], machine.flags] {
      let result = try Binary.run(["doctor"] + flags, in: Binary.root, environment: [:])
      #expect(result.status == 0 && result.err.isEmpty)
      for line in result.out.split(separator: "\n") where line.contains(" ") {
        let words = line.split(separator: " ")
        #expect(line.count <= 80 || words.contains { $0.count > 50 }, "\(line)")
      }
    }
  }

  @Test("a root that is not there is refused by its flag")
  func noRoot() throws {
    let result = try Binary.run("doctor", "--sysfs-root", "/nowhere")
    #expect(result.status == 1 && result.out.isEmpty)
    #expect(result.err.contains("--sysfs-root /nowhere: there is no such folder"))
  }
}
