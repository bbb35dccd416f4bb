import Foundation
import Testing

@Suite struct ReportTests {
  /// A record with energies, counters, a skipped and a failed cell.
  private static let record = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("RecordsTests/Fixtures/schema-2.json").path

  private static let heading =
    "source,place,date,system,kernel,model,zoo_model,parameters_billion,cpu,architecture,threads,test,metric,value,"
    + "half_width,note\n"

  private static let row =
    "arXiv:1,Table 4,2024-10,llama.cpp,FP16,dummy,paper-13b,13,Some CPU,x86_64,best,tg,rate_tokens_per_s,1.78,,\n"

  @Test("every figure is written as a drawing, as numbers and with its provenance")
  func figures() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      "report", Self.record, "-o", scratch.path("page"), "--figures", scratch.path("figures"), "--results",
      scratch.path("none"))
    #expect(result.status == 0, "\(result.err)")
    let files = scratch.files(under: "figures")
    let drawings = files.filter { $0.hasSuffix(".svg") }
    #expect(drawings.count > 5 && files.count == drawings.count * 3)
    #expect(result.out.split(separator: "\n").count == files.count + 1)
    #expect(scratch.text("figures/speed-by-model-size-tg8.csv").hasPrefix("Model,Parameters,Kernel,"))
    #expect(scratch.text("figures/speed-by-model-size-tg8.txt").contains("Record: 2026-11-20T23-20-05Z-decode-1a2b3c4"))
  }

  @Test("a folder of published numbers is drawn unless it is not wanted, and a broken file is named with its line")
  func published() throws {
    let scratch = try Scratch()
    func report(_ flags: String...) throws -> Binary.Result {
      let arguments = ["report", Self.record, "-o", scratch.path("page"), "--results", scratch.path("results")]
      return try Binary.run(arguments + flags, in: Binary.root, environment: [:])
    }
    try FileManager.default.createDirectory(
      atPath: scratch.path("results/published"), withIntermediateDirectories: true)
    try scratch.write(
      "results/published/a.csv", Self.heading + Self.row.replacing("arXiv:1", with: "arXiv:2410.16144"))
    #expect(try report().status == 0)
    #expect(scratch.text("page/index.html").contains("published for Some CPU, 2024-10, in arXiv:2410.16144, Table 4"))
    #expect(try report("--no-published").status == 0)
    #expect(!scratch.text("page/index.html").contains("published for"))
    try scratch.write("results/published/b.csv", Self.heading + Self.row.replacing("1.78", with: "fast"))
    let broken = try report()
    #expect(broken.status == 1)
    #expect(broken.err.contains("b.csv:2: column value: \"fast\" is not a decimal number"))
    #expect(broken.err.contains("--no-published"))
  }
}
