import Foundation
import Testing

@Suite struct ExportTests {
  private static let record = Binary.root.appendingPathComponent("Tests/RecordsTests/Fixtures/schema-2.json").path

  @Test(
    "every format is written, and none with a number that is none",
    arguments: [
      "md", "csv", "json", "jsonl", "sql", "openmetrics", "influx", "junit", "github-action-benchmark",
      "github-action-benchmark-smaller",
    ])
  func everyFormat(format: String) throws {
    let scratch = try Scratch()
    let shown = try Binary.run("export", Self.record, "--format", format)
    #expect(shown.status == 0 && !shown.out.isEmpty && shown.err.isEmpty)
    #expect(!shown.out.lowercased().contains("nan"))
    #expect(try Binary.run("export", Self.record, "-f", format, "-o", scratch.path("out")).status == 0)
    #expect(scratch.text("out") == shown.out)
    #expect(try Binary.run("export", "--help").out.contains("  \(format): "))
  }

  @Test(
    "a gate's result is written in its formats",
    arguments: ["md", "json", "junit", "github", "github-action-benchmark", "github-action-benchmark-smaller"])
  func gates(format: String) throws {
    let gate = Binary.root.appendingPathComponent("Tests/SinksTests/Golden/gate.json").path
    let shown = try Binary.run("export", gate, "-f", format)
    #expect(shown.status == 0 && shown.out.contains("lut@avx2") == !format.hasSuffix("benchmark"), "\(shown.err)")
    let table = try Binary.run("export", gate, "-f", "csv")
    #expect(table.status == 1 && table.err.contains("has no format \"csv\""), "\(table.err)")
    let both = try Binary.run("export", gate, Self.record, "-f", format)
    #expect(both.status == 1 && both.err.contains("written alone"), "\(both.err)")
  }

  @Test("a format that only a gate has is refused for a run, and a broken record by name")
  func refusals() throws {
    let scratch = try Scratch()
    let github = try Binary.run("export", Self.record, "-f", "github")
    #expect(github.status == 1 && github.err.contains("no output format \"github\""), "\(github.err)")
    let text = try String(contentsOfFile: Self.record, encoding: .utf8)
    let cut = try scratch.write("cut.json", String(text.prefix(5000)))
    let result = try Binary.run("export", cut, "-f", "openmetrics")
    #expect(result.status == 1 && result.err.contains("cut.json") && result.out.isEmpty)
    let time = try scratch.write(
      "time.json", text.replacingOccurrences(of: "2026-11-20T23:20:09.120Z", with: "yesterday"))
    let bad = try Binary.run("export", time, "-f", "influx")
    #expect(bad.status == 1 && bad.err.contains("repetition 0: started_at is \"yesterday\""), "\(bad.err)")
  }
}
