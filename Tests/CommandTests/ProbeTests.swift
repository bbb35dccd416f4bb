import Foundation
import Testing

/// Short probes: what they say is not asked here, only that it is there.
@Suite struct ProbeTests {
  @Test("tables of 80 columns on stdout, a record that other commands read")
  func table() throws {
    let scratch = try Scratch()
    let result = try Binary.run("probe", "--quick", "--seconds", "0.5", "-t", "1", "-o", scratch.path("results"))
    #expect(result.status == 0, "\(result.err)")
    for word in ["threads", "memory GB/s", "int8 GMAC/s", "f32 GFLOP/s", "latency", "CPUs of", "node 0", "Median of 3"]
    {
      #expect(result.out.contains(word), "\(word) in \(result.out)")
    }
    for line in result.out.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    let name = try #require(scratch.files(under: "results").first { $0.contains("-probe") && $0.hasSuffix(".json") })
    let shown = try Binary.run("show", scratch.path("results/\(name)"))
    #expect(shown.status == 0 && shown.out.contains("probe:read"), "\(shown.err)")
    let csv = try Binary.run("export", scratch.path("results/\(name)"), "-f", "csv").out
    #expect(csv.contains("time_load_ns") && csv.contains("probe:latency"))
  }

  @Test("--json has a median and every value under a key that ends in the unit, and --no-save keeps nothing")
  func json() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      ["probe", "--quick", "--seconds", "0.5", "-t", "1", "--json", "--no-save"], in: scratch.url, environment: [:])
    #expect(result.status == 0, "\(result.err)")
    let object = try #require(try result.json() as? [String: Any])
    #expect(object["schema"] as? Int == 1 && object["status"] as? String == "complete")
    let roofs = try #require(object["roofs"] as? [[String: Any]])
    for (kind, key) in [
      ("read", "rate_bytes_per_s"), ("int8", "rate_macs_per_s"), ("fma", "rate_flop_per_s"),
      ("latency", "time_load_ns"),
    ] {
      let found = roofs.filter { ($0["probe"] as? String)?.hasPrefix(kind + "@") == true }
      #expect(!found.isEmpty, "\(kind)")
      for roof in found {
        let values = try #require(roof[key] as? [String: Any])
        let samples = try #require(values["samples"] as? [Double])
        let median = try #require(values["median"] as? Double)
        #expect(samples.count == 3 && median > 0 && samples.contains(median))
      }
    }
    #expect(scratch.files(under: ".").filter { $0.hasSuffix(".json") }.isEmpty)
  }

  @Test("Ctrl-C ends it with 130 and keeps what was finished")
  func interrupted() throws {
    let scratch = try Scratch()
    let process = try Binary.start(
      ["probe", "--seconds", "60", "-t", "1", "-o", scratch.path("results")], in: scratch.url, environment: [:],
      scratch: scratch)
    // The record is there before the first cell.
    let deadline = Date().addingTimeInterval(120)
    while scratch.files(under: "results").isEmpty, Date() < deadline { usleep(20_000) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(scratch.text("out").contains("interrupted, not complete"), "\(scratch.text("out"))")
  }
}
