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

  @Test("single matrices are measured, compared over kernels, and held against the machine's ceilings")
  func shapes() throws {
    let result = try Binary.run(
      "bench", "--shape", "256x512,512x256", "--batch", "1,5", "-k", "naive,simd", "-t", "1", "-r", "2", "--min-time",
      "0.001", "--ceilings", "-o", "jsonl")
    #expect(result.status == 0, "\(result.err)")
    let rows = try result.out.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    // Two repetitions of two probes and of eight products.
    #expect(rows.count == 20)
    let products = rows.filter { $0["phase_kind"] as? String == "matrices" }
    #expect(Set(products.compactMap { $0["model"] as? String }) == ["256x512", "512x256"])
    #expect(products.allSatisfy { ($0["fraction_of_ceiling"] as? Double ?? 0) > 0 })
    #expect(products.allSatisfy { $0["check_passed"] as? Bool == true && $0["parameters"] as? Int == 131_072 })
    #expect(rows.filter { $0["fraction_of_ceiling"] == nil }.count == 4, "the probes are the ceilings")
  }

  /// A kernel of this build that this CPU cannot run, if there is one.
  static let unavailable: String? = {
    let kernels = try? Binary.run("list", "kernels", "--json").json() as? [[String: Any]]
    return kernels?.first { $0["available"] as? Bool == false }?["id"] as? String
  }()

  @Test(
    "a kernel that is forced and cannot run here is bad usage, and what can run is named",
    .enabled(if: unavailable != nil, "this CPU runs every kernel of this build"))
  func forcedUnavailable() throws {
    let name = try #require(Self.unavailable)
    for result in [
      try Binary.run("bench", "-m", "paper-125m", "-k", name),
      try Binary.run("bench", "-m", "paper-125m", environment: ["TERN_KERNEL": name]),
      try Binary.run("run", "smoke", environment: ["TERN_KERNEL": name]),
    ] {
      #expect(result.status == 64)
      #expect(result.err.contains("Available: ") && result.err.contains("naive@portable"), "\(result.err)")
    }
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
