import Foundation
import Testing

@Suite struct BenchTests {
  static let quick = ["bench", "-m", "paper-125m", "-t", "1", "-p", "4", "-n", "2", "-r", "2", "--no-warmup"]

  @Test("stdout holds the format and nothing else", arguments: ["md", "csv", "json", "jsonl", "sql"])
  func formats(format: String) throws {
    let result = try Binary.run(Self.quick + ["-o", format], in: Binary.root, environment: [:])
    #expect(result.status == 0, "\(result.err)")
    switch format {
    case "json": #expect(try result.json() is [Any])
    case "jsonl":
      for line in result.out.split(separator: "\n") {
        #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
      }
    case "csv":
      let fields = result.out.split(whereSeparator: \.isNewline).map { $0.filter { $0 == "," }.count }
      #expect(fields.count == 1 + 4)
      #expect(Set(fields).count == 1, "every row has the header's columns")
    case "sql": #expect(result.out.contains("INSERT INTO"))
    default: #expect(result.out.contains("| tg2"))
    }
  }

  @Test("lists and ranges of threads and lengths make one test each")
  func products() throws {
    let result = try Binary.run(
      "bench", "-m", "paper-125m", "-t", "1-2", "-p", "2,4", "-n", "1", "-r", "1", "--no-warmup", "-o", "jsonl")
    #expect(result.out.split(separator: "\n").count == 6)
  }

  @Test("TERN_KERNEL forces the kernel")
  func forcedKernel() throws {
    let result = try Binary.run(
      Self.quick + ["-o", "jsonl"], in: Binary.root, environment: ["TERN_KERNEL": "naive"])
    #expect(result.out.contains("naive"))
    #expect(!result.out.contains("simd"))
  }

  @Test("more threads than CPUs run, with a warning")
  func oversubscription() throws {
    let result = try Binary.run(
      "bench", "-m", "paper-125m", "-t", "64", "-p", "0", "-n", "2", "-r", "1", "--no-warmup")
    #expect(result.status == 0)
    #expect(result.err.contains("W-oversubscribed"))
  }
}
