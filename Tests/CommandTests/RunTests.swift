import Foundation
import Testing

@Suite struct RunTests {
  /// Two kernels, two phases, one small model: about a second.
  static let tiny = """
    schema = 1
    name = "tiny"
    question = "Does it run?"

    [[case]]
    name = "both"
    models = ["paper-125m"]
    kernels = ["simd", "f16"]
    threads = [1, 2]
    phases = ["pp8", "tg4"]
    repetitions = 2
    warmup = 1
    """

  @Test("a suite leaves a record, a table on stdout and the record's place on stderr")
  func runLeavesARecord() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("tiny.toml", Self.tiny)
    let result = try Binary.run("run", suite, "-o", scratch.path("results"))
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("paper-125m"))
    #expect(result.err.contains("record  "))
    #expect(!result.out.contains("\u{1B}"))

    let records = scratch.files(under: "results").filter { $0.hasSuffix("Z-tiny.json") || $0.contains("Z-tiny-") }
    #expect(records.count == 1)
    #expect(scratch.files(under: "results").contains { $0.hasSuffix("machine.json") })

    try readersAgree(on: scratch.path("results/\(records[0])"), scratch: scratch)
  }

  /// show, report and export read the record that was just written.
  private func readersAgree(on record: String, scratch: Scratch) throws {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: record)))
    let cells = try #require((json as? [String: Any])?["cells"] as? [[String: Any]])
    #expect(cells.count == 8)
    let digests = cells.compactMap { cell -> String? in
      guard (cell["phase"] as? [String: Any])?["label"] as? String == "tg4" else { return nil }
      return (cell["check"] as? [String: Any])?["got"] as? String
    }
    #expect(digests.count == 4)
    #expect(Set(digests).count == 1, "every kernel and thread count generates the same ids")

    #expect(try Binary.run("show", record).out.contains("tg4"))
    let csv = try Binary.run("export", record, "-f", "csv").out
    #expect(csv.split(whereSeparator: \.isNewline).count == 1 + 16)
    let page = try Binary.run("report", record, "-o", scratch.path("report"))
    #expect(page.status == 0)
    #expect(scratch.text("report/index.html").contains("</html>"))
  }

  @Test("a dry run lists the cells, estimates the time and writes nothing")
  func dryRun() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("tiny.toml", Self.tiny)
    let result = try Binary.run("run", suite, "--dry-run", "-o", scratch.path("results"))
    #expect(result.status == 0)
    #expect(result.out.contains("8 cells to run"))
    #expect(scratch.files(under: "results").isEmpty)
  }

  @Test("a typo in a suite names the line and the nearest key, and nothing is written")
  func typo() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("bad.toml", Self.tiny.replacingOccurrences(of: "phases", with: "phase"))
    let result = try Binary.run("run", suite, "-o", scratch.path("results"))
    #expect(result.status == 1)
    #expect(result.err.contains("bad.toml:10"), "\(result.err)")
    #expect(result.err.contains("phases"))
    #expect(result.out.isEmpty)
    #expect(scratch.files(under: "results").isEmpty)
  }

  @Test("a folder that cannot be written is found before anything runs")
  func unwritableOutput() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("tiny.toml", Self.tiny)
    try scratch.write("file", "")
    let result = try Binary.run("run", suite, "-o", scratch.path("file"))
    #expect(result.status == 1)
    #expect(result.err.contains("cannot make the folder"))
    #expect(!result.err.contains("ok  "))
  }

  @Test("a model that does not fit is a skipped cell that says what it needs")
  func tooLarge() throws {
    let scratch = try Scratch()
    let suite = try scratch.write(
      "large.toml",
      """
      schema = 1
      name = "large"
      [[case]]
      name = "huge"
      models = ["paper-100b"]
      kernels = ["f16"]
      threads = [1]
      phases = ["tg1"]
      """)
    let result = try Binary.run("run", suite, "-o", scratch.path("results"))
    #expect(result.status == 0)
    #expect(result.err.contains("needs 18"), "100B half floats are 186 GiB: \(result.err)")
    #expect(result.err.contains("available"))
  }

  @Test("Ctrl-C keeps a valid partial record, exits 130, and --resume finishes it")
  func interruption() throws {
    let scratch = try Scratch()
    let long = Self.tiny.replacingOccurrences(of: "repetitions = 2", with: "repetitions = 400\nmin_time_seconds = 0.2")
    let suite = try scratch.write("long.toml", long)
    let process = try Binary.start(
      ["run", suite, "-o", scratch.path("results")], in: scratch.url, environment: [:], scratch: scratch)
    while process.isRunning, !scratch.files(under: "results").contains(where: { $0.contains("tiny") }) {
      usleep(20_000)
    }
    usleep(1_500_000)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)

    let record = try #require(scratch.files(under: "results").first { $0.contains("tiny") })
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: scratch.path("results/\(record)"))))
    #expect((json as? [String: Any])?["status"] as? String == "interrupted")
    #expect(try Binary.run("show", scratch.path("results/\(record)")).status == 0)
  }
}
