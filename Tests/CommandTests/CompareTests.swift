import Foundation
import Records
import Testing

@Suite struct CompareTests {
  /// A record with energies, counters, a skipped and a failed cell, of commit 1a2b3c4.
  private static let path = Binary.root.appendingPathComponent("Tests/RecordsTests/Fixtures/schema-2.json").path

  private static func record() throws -> RunRecord { try RecordFile.read(path) }

  /// Writes a record into a results folder as a run would.
  private static func write(_ record: RunRecord, id: String, in scratch: Scratch) throws -> String {
    var record = record
    record.id = id
    let path = RecordFile.path(of: record, in: scratch.path("results"))
    try RecordFile.write(record, to: path)
    return path
  }

  private static func compare(_ scratch: Scratch, _ arguments: String...) throws -> Binary.Result {
    try Binary.run(
      ["compare", "--results", scratch.path("results")] + arguments, in: scratch.url, environment: [:])
  }

  @Test("a record compared with itself shows no difference, whatever the format")
  func itself() throws {
    let scratch = try Scratch()
    let text = try Self.compare(scratch, Self.path, Self.path)
    #expect(text.status == 0, "\(text.err)")
    #expect(!text.out.contains("Different, the largest first") && text.out.contains("tern gate"))
    #expect(text.out.contains("Not compared"))
    let json = try #require(try Self.compare(scratch, Self.path, Self.path, "--json").json() as? [String: Any])
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(!rows.isEmpty && rows.allSatisfy { $0["ratio"] as? Double == 1 })
    let markdown = try Self.compare(scratch, Self.path, Self.path, "--markdown", "--metric", "time_wall_ns")
    #expect(markdown.out.contains("| cell | metric |") && markdown.out.contains("time_wall_ns"))
  }

  @Test("records are found by baseline, by commit and by latest")
  func names() throws {
    let scratch = try Scratch()
    var record = try Self.record()
    record.tool.commit = "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d"
    let first = try Self.write(record, id: "2026-11-20T23-20-05Z-decode-1a2b3c4", in: scratch)
    record.tool.commit = "feedbee1feedbee1feedbee1feedbee1feedbee1"
    for cell in record.cells.indices {
      for sample in record.cells[cell].samples.indices {
        for (name, value) in record.cells[cell].samples[sample].metrics where name.hasPrefix("rate_") {
          record.cells[cell].samples[sample].metrics[name] = value * 2
        }
      }
    }
    let second = try Self.write(record, id: "2026-11-21T23-20-05Z-decode-feedbee", in: scratch)
    let saved = try Self.compare(scratch, "--save-baseline", "v1.0", first)
    #expect(saved.status == 0 && saved.out == scratch.path("results/baselines/v1.0.json") + "\n", "\(saved.err)")
    for base in ["v1.0", "1a2b3c4", first] {
      for head in ["latest", "feedbee1", second] {
        let json = try #require(try Self.compare(scratch, base, head, "--json").json() as? [String: Any])
        let rows = try #require(json["rows"] as? [[String: Any]])
        let rates = rows.filter { ($0["metric"] as? String)?.hasPrefix("rate_") == true }
        #expect(!rates.isEmpty)
        for row in rates { #expect(abs((row["ratio"] as? Double ?? 0) - 2) < 1e-12) }
        #expect((json["head"] as? [String: Any])?["path"] as? String == second)
      }
    }
  }

  @Test("what is not there has its own status and says what there is", arguments: ["v9", "1a2b3c4", "../etc", "-x"])
  func missing(name: String) throws {
    let scratch = try Scratch()
    _ = try Self.compare(scratch, "--save-baseline", "v1", Self.path)
    let result = try Self.compare(scratch, "--", name, Self.path)
    #expect(result.status == 5 && result.out.isEmpty)
    #expect(result.err.contains("no baseline of that name"))
  }

  @Test("other machines, suites and weights are refused, and machines only with --cross-machine compared")
  func refusals() throws {
    let scratch = try Scratch()
    var other = try Self.record()
    other.machine.name = "elsewhere"
    let machine = try Self.write(other, id: "m", in: scratch)
    let refused = try Self.compare(scratch, Self.path, machine)
    #expect(refused.status == 1 && refused.err.contains("--cross-machine"))
    let allowed = try Self.compare(scratch, Self.path, machine, "--cross-machine")
    #expect(allowed.status == 0 && allowed.out.hasPrefix("THE MACHINES DIFFER"))
    other = try Self.record()
    other.suite.sha256 = "0"
    let suite = try Self.compare(scratch, Self.path, try Self.write(other, id: "s", in: scratch))
    #expect(suite.status == 1 && suite.err.contains("text differs"))
    other = try Self.record()
    let cell = try #require(other.cells.firstIndex { $0.model != nil })
    other.cells[cell].model?.seed = 12345
    let model = try Self.compare(scratch, Self.path, try Self.write(other, id: "w", in: scratch))
    #expect(model.status == 1 && model.err.contains("different weights"))
  }

  @Test("cells that only one record has are named")
  func onlyInOne() throws {
    let scratch = try Scratch()
    var other = try Self.record()
    let removed = other.cells.removeFirst().id
    let result = try Self.compare(scratch, Self.path, try Self.write(other, id: "o", in: scratch))
    #expect(result.status == 0 && result.out.contains("\(removed): only in the base"))
  }

  @Test(
    "bad usage is refused before anything is read",
    arguments: [
      ["a"], ["a", "b", "c"], ["a", "b", "--json", "--markdown"], ["a", "b", "--metric", "time_wall"],
      ["a", "b", "--save-baseline", "n"],
    ])
  func usage(arguments: [String]) throws {
    let result = try Binary.run(["compare"] + arguments, in: Binary.root, environment: [:])
    #expect(result.status == 64 && result.out.isEmpty)
  }

  @Test("a baseline's name leads nowhere else", arguments: ["../x", ".hidden", "a/b", ""])
  func baselineNames(name: String) throws {
    let scratch = try Scratch()
    let result = try Self.compare(scratch, "--save-baseline", name, Self.path)
    #expect(result.status == 1 && result.err.contains("cannot name a baseline"))
    #expect(scratch.files(under: "").allSatisfy { !$0.hasSuffix(".json") })
  }
}
