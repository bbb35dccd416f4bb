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

  @Test("convert writes a GGUF file with the same logits, which inspect describes")
  func convert() throws {
    let scratch = try Scratch()
    let out = scratch.path("out.gguf")
    let result = try run("convert", Self.model, out, "--type", "bf16")
    #expect(result.status == 0 && result.out.isEmpty && result.err.contains("phi4flash, bf16"), "\(result.err)")
    let logits = try [Self.model, out].map { model in
      let path = scratch.path("logits.f32")
      let result = try run("logits", model, "--ids", "1,2,3,4,5", "-o", path)
      #expect(result.status == 0, "\(result.err)")
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
    #expect(logits[0] == logits[1])
    let inspected = try run("inspect", out)
    #expect(inspected.status == 0, "\(inspected.err)")
    for part in ["GGUF v3", "phi4flash, 8 layers", "3 Mamba", "2 with a window", "projections", "BF16", "bf16@"] {
      #expect(inspected.out.contains(part), "\(part) in\n\(inspected.out)")
    }
    #expect(inspected.out.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(inspected.out)")
  }

  @Test("made ternary it runs with ternary kernels, and says what that did to it")
  func ternarize() throws {
    let scratch = try Scratch()
    let out = scratch.path("out.gguf")
    let refused = try run("convert", Self.model, out, "--type", "i2_s")
    #expect(refused.status == 1 && refused.err.contains("--ternarize absmean"), "\(refused.err)")
    let result = try run("convert", Self.model, out, "--type", "f16", "--ternarize", "absmean")
    #expect(result.status == 0 && result.err.contains("ffn_gate") && result.err.contains("%"), "\(result.err)")
    let generated = try run("generate", "-m", out, "-k", "naive", "--ids", "1,2,3", "-n", "4", "--json")
    #expect(generated.status == 0 && generated.err.contains("W-ternarized"), "\(generated.err)")
    #expect((try generated.json() as? [String: Any])?["ids"] as? [Int] != nil)
    let again = try run("convert", out, scratch.path("again.gguf"), "--type", "f16", "--ternarize", "absmean")
    #expect(again.status == 1 && again.err.contains("ternary already"), "\(again.err)")
  }

  @Test("inspect --json says what a session keeps")
  func inspectJSON() throws {
    for model in [Self.model, "phi4-mini-flash"] {
      let result = try run("inspect", model, "--json")
      let hybrid = try #require((try result.json() as? [String: Any])?["hybrid"] as? [String: Any], "\(result.err)")
      let kinds = try #require(hybrid["layer_kinds"] as? [[String: Any]])
      #expect(kinds.compactMap { $0["kind"] as? String } == ["mamba", "window", "full", "gmu", "cross"])
      // Keys and values of the one full attention, as floats.
      let bytes = model == Self.model ? 2 * 2 * 12 * 4 : 2 * 20 * 64 * 4
      #expect(hybrid["cache_token_bytes"] as? Int == bytes)
    }
  }

  @Test("calibrate has nothing to choose for dense weights, and says so")
  func calibrate() throws {
    let result = try run("calibrate", "-m", Self.model)
    #expect(result.status != 0 && result.out.isEmpty && result.err.contains("dense weights, bf16"), "\(result.err)")
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
