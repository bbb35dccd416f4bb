import Foundation
import Testing

@Suite struct ReportPagesTests {
  /// A record of every schema ever shipped is kept beside the tests of records; this is the newest.
  static let record = Binary.root.appendingPathComponent("Tests/RecordsTests/Fixtures/schema-2.json").path

  @Test("a record that cannot be read is named on the page and on stderr, the others are rendered, the status is 1")
  func badRecords() throws {
    let scratch = try Scratch()
    let text = try String(contentsOfFile: Self.record, encoding: .utf8)
    let cut = try scratch.write("cut.json", String(text.prefix(text.count / 2)))
    let newer = try scratch.write("newer.json", text.replacing(/"schema" ?: 2/, with: "\"schema\": 99"))
    let result = try Binary.run("report", Self.record, cut, newer, "-o", scratch.path("out"))
    #expect(result.status == 1)
    let page = scratch.text("out/index.html")
    for part in ["cut.json", "not a complete JSON document", "newer.json", "schema 99"] {
      #expect(result.err.contains(part), "\(part): \(result.err)")
      #expect(page.contains(part), "\(part)")
    }
    #expect(page.contains("r1-results") && page.contains("Left out, and why"))
    let none = try Binary.run("report", cut, "-o", scratch.path("none"))
    #expect(none.status == 1 && none.err.contains("no record could be read"))
    #expect(scratch.files(under: "none").isEmpty)
  }

  @Test("an empty selection is named, and the page is written all the same")
  func emptySelection() throws {
    let scratch = try Scratch()
    let result = try Binary.run("report", Self.record, "--select", "no-such-cell", "-o", scratch.path("out"))
    #expect(result.status == 0 && result.err.contains("no-such-cell"))
    #expect(scratch.text("out/index.html").contains("No cell&#39;s id contains no-such-cell"))
  }

  @Test("energy costs what was stated, and nothing where nothing was")
  func energy() throws {
    let scratch = try Scratch()
    let plain = try Binary.run("report", Self.record, "--energy", "-o", "-")
    #expect(plain.status == 0 && plain.out.contains("--price-per-kwh 0.30 --currency EUR"))
    #expect(!plain.out.contains("EUR per million"))
    let priced = try Binary.run(
      "report", Self.record, "--energy", "--price-per-kwh", "0.30", "--currency", "EUR", "--format", "md", "-o",
      scratch.path("out"))
    #expect(priced.status == 0, "\(priced.err)")
    #expect(scratch.text("out/energy.md").contains("EUR per million"))
  }

  @Test("a run alone is named in the history, and a folder without records is an error")
  func history() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      at: scratch.url.appendingPathComponent("results/machine"), withIntermediateDirectories: true)
    try scratch.write("results/machine/one.json", try String(contentsOfFile: Self.record, encoding: .utf8))
    let result = try Binary.run("report", "--history", scratch.path("results"), "-o", "-")
    #expect(result.status == 0 && result.out.contains("a line needs two"))
    let empty = try Binary.run("report", "--history", scratch.path("nothing"), "-o", "-")
    #expect(empty.status == 1 && empty.err.contains("no record under"))
  }

  @Test(
    "flags that make no sense together are refused with what to write instead",
    arguments: [
      (["--price-per-kwh", "0.3"], "go with --energy"), (["--energy", "--price-per-kwh", "0.3"], "needs --currency"),
      (["--energy", "--currency", "EUR"], "needs --price-per-kwh"),
      (["--energy", "--carbon-g-per-kwh=-1"], "zero or more"), (["--energy", "--history", "Results"], "two pages"),
      (["--metric", "time_wall_ns"], "goes with --history"),
      (["--history", "Results", "--metric", "energy_pakage_j"], "did you mean energy_package_j"),
      (["-o", "md"], "--format md"), (["-o", "a.md", "--format", "html"], "ends in .md"),
      (["-o", "-", "--format", "pdf"], "needs a file"), (["--energy", "--figures", "f"], "leave out --energy"),
    ])
  func refusals(flags: [String], hint: String) throws {
    let result = try Binary.run(["report"] + flags, in: Binary.root, environment: [:])
    #expect(result.status == 64 && result.err.contains(hint), "\(result.err)")
  }

  @Test("a PDF without a browser names what was looked for and what else can be done")
  func noBrowser() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      ["report", Self.record, "-o", scratch.path("r.pdf")], in: scratch.url, environment: ["PATH": scratch.url.path])
    #expect(result.status == 1)
    #expect(result.err.contains("chromium") && result.err.contains("write HTML"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("r.pdf")))
  }
}
