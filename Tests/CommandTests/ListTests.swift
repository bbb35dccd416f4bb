import Foundation
import Testing

@Suite struct ListTests {
  @Test(
    "lists are JSON arrays of objects with a name",
    arguments: ["models", "kernels", "heads", "suites", "meters", "counters"])
  func listsAreJSON(subject: String) throws {
    let result = try Binary.run("list", subject, "--json")
    #expect(result.status == 0)
    let rows = try #require(try result.json() as? [[String: Any]])
    #expect(!rows.isEmpty)
    #expect(rows.allSatisfy { ($0["name"] as? String)?.isEmpty == false })
  }

  @Test("kernels say what they are, whether they run here, and where they were proven")
  func kernelFields() throws {
    let rows = try #require(try Binary.run("list", "kernels", "--json").json() as? [[String: Any]])
    for row in rows where !["auto", "numa"].contains(row["name"] as? String) {
      for key in ["name", "isa", "packing", "bits_per_weight", "available", "verified"] {
        #expect(row[key] != nil, "\(row["id"] ?? "") has no \(key)")
      }
      // A reason stands exactly where a kernel cannot run.
      #expect((row["reason"] == nil) == (row["available"] as? Bool == true))
    }
    #expect(Set(rows.compactMap { $0["name"] as? String }).isSuperset(of: ["naive", "simd", "f16"]))
  }

  @Test("meters that cannot be read say why and what allows them")
  func meterReasons() throws {
    let rows = try #require(try Binary.run("list", "meters", "--json").json() as? [[String: Any]])
    for row in rows where row["available"] as? Bool == false {
      #expect((row["reason"] as? String)?.isEmpty == false)
      #expect((row["fix"] as? String)?.isEmpty == false)
    }
    #expect(Set(rows.compactMap { $0["name"] as? String }).isSuperset(of: ["time", "counters", "energy"]))
  }

  @Test("tables fit 80 columns", arguments: ["models", "kernels", "heads", "suites", "meters", "counters"])
  func tablesFit(subject: String) throws {
    let result = try Binary.run("list", subject)
    #expect(result.status == 0)
    for line in result.out.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test("doctor prints findings for people and for programs")
  func doctor() throws {
    let text = try Binary.run("doctor")
    #expect(text.status == 0)
    #expect(!text.out.isEmpty)
    #expect(!text.out.contains("\u{1B}"), "no colour where no terminal is")
    let report = try #require(try Binary.run("doctor", "--json").json() as? [String: Any])
    #expect(report["schema"] as? Int == 1)
    let rows = try #require(report["findings"] as? [[String: Any]])
    #expect(rows.count >= 30)
  }
}
