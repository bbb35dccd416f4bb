import Foundation
import Testing

/// The commands on a hybrid, whose graph is another than a transformer's.
@Suite struct HybridTests {
  static let model = "Tests/EngineTests/Fixtures/sambay"

  private func run(_ arguments: String...) throws -> Binary.Result {
    try Binary.run(arguments, in: Binary.root, environment: [:])
  }

  @Test("generate gives the reference's greedy ids and says what multiplied")
  func generate() throws {
    struct Expected: Decodable {
      var input_ids: [Int]
      var greedy_ids: [Int]
    }
    let file = Binary.root.appendingPathComponent("\(Self.model)/expected.json")
    let expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file))
    let prompt = expected.input_ids.map(String.init).joined(separator: ",")
    let result = try run(
      "generate", "-m", Self.model, "-t", "2", "--ids", prompt, "-n", "\(expected.greedy_ids.count)", "--json")
    #expect(result.status == 0 && result.err.contains("no ternary weights: bf16@"), "\(result.err)")
    let object = try #require(try result.json() as? [String: Any])
    #expect(object["ids"] as? [Int] == expected.greedy_ids)
  }

  @Test("logits are written as for any model")
  func logits() throws {
    let scratch = try Scratch()
    let result = try run("logits", Self.model, "--ids", "1,2,3", "-o", scratch.path("logits.f32"))
    #expect(result.status == 0, "\(result.err)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path("logits.f32"))).count == 3 * 320 * 4)
  }

  @Test("what does not take hybrids says so", arguments: ["inspect", "convert", "calibrate"])
  func refusals(command: String) throws {
    let scratch = try Scratch()
    let arguments =
      switch command {
      case "convert": ["convert", Self.model, scratch.path("out.gguf"), "--type", "i2_s"]
      case "calibrate": ["calibrate", "-m", Self.model]
      default: ["inspect", Self.model]
      }
    let result = try Binary.run(arguments, in: Binary.root, environment: [:])
    #expect(result.status != 0 && result.out.isEmpty)
    #expect(result.err.contains(command == "calibrate" ? "dense weights" : "hybrid"), "\(result.err)")
  }

  @Test("bench measures it, and the record says what multiplied")
  func bench() throws {
    let result = try run(
      "bench", "-m", Self.model, "-p", "8", "-n", "4", "-r", "2", "-t", "1", "--no-warmup", "-o", "jsonl")
    #expect(result.status == 0, "\(result.err)")
    let rows = try result.out.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    // A row is a repetition of a cell.
    #expect(rows.count == 4)
    for row in rows {
      #expect(row["kernel"] as? String == "bf16" && row["ternary_parameters"] as? Int == 0, "\(row)")
    }
  }
}
