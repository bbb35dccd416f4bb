import Foundation
import Testing

/// `tern report` of the folders that `tern train` leaves.
@Suite struct TrainingReportTests {
  /// A real short run and its float twin, without their checkpoints.
  static let folder = Binary.root.appendingPathComponent("Tests/ReportsTests/Golden/training").path

  /// A copy of the short run, to be damaged.
  private func copy(_ scratch: Scratch) throws -> String {
    try FileManager.default.copyItem(atPath: "\(Self.folder)/short", toPath: scratch.path("short"))
    return scratch.path("short")
  }

  @Test("two runs make one page with their gap, whatever of their folder is named")
  func twins() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      "report", "\(Self.folder)/short", "\(Self.folder)/short-float/metrics.csv", "-o", scratch.path("out"),
      "--figures",
      scratch.path("figures"))
    #expect(result.status == 0 && result.err.isEmpty, "\(result.err)")
    let page = scratch.text("out/training.html")
    for part in ["Training of short and short-float", "the float twin short-float", "Ternary codes by layer"] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("Left out, and why"))
    let files = scratch.files(under: "figures")
    #expect(files.count > 15 && files.count % 3 == 0 && files.contains("training-loss.csv"))
    #expect(scratch.text("figures/training-gap.txt").contains("short: step 60 of 60"))
    #expect(result.out.split(separator: "\n").count == files.count + 1)
  }

  @Test("a folder of an older program gives its curves, and says what it does not hold")
  func curvesAlone() throws {
    let scratch = try Scratch()
    let short = try copy(scratch)
    try FileManager.default.removeItem(atPath: short + "/training.json")
    let result = try Binary.run("report", short, "-o", "-")
    #expect(result.status == 0 && result.err.isEmpty, "\(result.err)")
    #expect(result.out.contains("It has no training.json") && result.out.contains("neither a checkpoint"))
    #expect(result.out.contains("Loss by steps") && result.out.contains("Zeros by layer"))
  }

  @Test("a run that cannot be read is named with its line, the others are drawn, and the status is 1")
  func oneBroken() throws {
    let scratch = try Scratch()
    let short = try copy(scratch)
    let metrics = try String(contentsOfFile: short + "/metrics.csv", encoding: .utf8)
    var lines = metrics.components(separatedBy: "\n")
    var fields = lines[7].components(separatedBy: ",")
    fields[2] = "nan"
    lines[7] = fields.joined(separator: ",")
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: short + "/metrics.csv"))
    let result = try Binary.run("report", "\(Self.folder)/short-float", short, "-o", scratch.path("page.html"))
    #expect(result.status == 1 && result.err.contains("metrics.csv:8: column loss: \"nan\" is not a finite"))
    let page = scratch.text("page.html")
    #expect(page.contains("Training of short-float") && page.contains("metrics.csv:8"))
    try Data("{".utf8).write(to: URL(fileURLWithPath: short + "/training.json"))
    try Data(metrics.utf8).write(to: URL(fileURLWithPath: short + "/metrics.csv"))
    try Data("no tensors".utf8).write(to: URL(fileURLWithPath: short + "/checkpoint.safetensors"))
    let damaged = try Binary.run("report", short, "-o", scratch.path("damaged.html"))
    #expect(damaged.status == 1 && damaged.err.contains("training.json: not a complete JSON document"))
    #expect(damaged.err.contains("checkpoint.safetensors: "), "\(damaged.err)")
    #expect(scratch.text("damaged.html").contains("Loss by steps"))
  }

  @Test(
    "metrics that are none leave no page, with what is wrong and what to do",
    arguments: [
      ("", "metrics.csv: is empty; it must be \"step,tokens,"),
      ("step,loss\n1,2\n", "metrics.csv:1: the heading is not that of tern train"), (nil, "has no metrics.csv"),
    ])
  func noMetrics(text: String?, message: String) throws {
    let scratch = try Scratch()
    let short = try copy(scratch)
    try FileManager.default.removeItem(atPath: short + "/metrics.csv")
    if let text { try scratch.write("short/metrics.csv", text) }
    let result = try Binary.run("report", short, "-o", scratch.path("out"))
    #expect(result.status == 1 && result.out.isEmpty && result.err.contains(message), "\(result.err)")
    #expect(result.err.contains("no training run could be read") && scratch.files(under: "out").isEmpty)
  }

  @Test("records and training runs have pages of their own")
  func mixed() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      "report", "\(Self.folder)/short", ReportPagesTests.record, "-o", scratch.path("out"))
    #expect(result.status == 1 && result.err.contains("on pages of their own"), "\(result.err)")
    for flags in [["--energy"], ["--select", "simd"]] {
      let refused = try Binary.run(
        ["report", "\(Self.folder)/short"] + flags, in: Binary.root, environment: [:])
      #expect(refused.status == 64 && refused.err.contains("goes with records"), "\(refused.err)")
    }
  }

  @Test("what a run leaves is drawn with its weights, and its record counts what its checkpoint holds")
  func endToEnd() throws {
    let scratch = try Scratch()
    try scratch.write("mini.toml", TrainTests.configuration)
    let out = scratch.path("out")
    let run = try Binary.run("train", scratch.path("mini.toml"), "--output", out, "--threads", "1")
    #expect(run.status == 0, "\(run.err)")
    let record = scratch.text("out/training.json")
    #expect(record.contains("\"status\" : \"complete\"") && record.contains("\"step\" : 4"))
    let drawn = try Binary.run("report", out, "--format", "md", "-o", "-")
    #expect(drawn.status == 0 && drawn.out.contains("Training of mini"), "\(drawn.err)")
    // The same weights, counted from the checkpoint and, without one, from the model with the lowest loss.
    try FileManager.default.removeItem(atPath: out + "/training.json")
    let counted = try Binary.run("report", out, "--format", "md", "-o", "-")
    func codes(_ text: String) -> [String] { text.components(separatedBy: "\n").filter { $0.contains("| gate |") } }
    #expect(codes(drawn.out).count == 1 && codes(drawn.out) == codes(counted.out))
    try FileManager.default.removeItem(atPath: out + "/checkpoint.safetensors")
    let model = try Binary.run("report", out, "--format", "md", "-o", "-")
    #expect(model.status == 0 && codes(model.out).count == 1 && model.out.contains("of the lowest held-out loss"))
  }
}
