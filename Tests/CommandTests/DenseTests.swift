import Foundation
import Testing

/// The commands on a dense llama, and what making it ternary does to it.
@Suite struct DenseTests {
  /// A checkpoint with random weights and a tokenizer, in a folder that goes away with it.
  private final class Model {
    let scratch: Scratch
    let path: String
    static let vocabulary = 288

    init() throws {
      scratch = try Scratch()
      path = scratch.path("dense")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let fixture = Binary.root.appendingPathComponent("Tests/EngineTests/Fixtures/bitnet2b_offline").path
      for file in ["tokenizer.json", "tokenizer_config.json"] {
        try FileManager.default.copyItem(atPath: "\(fixture)/\(file)", toPath: "\(path)/\(file)")
      }
      let configuration: [String: Any] = [
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 128, "intermediate_size": 256,
        "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": Self.vocabulary,
        "max_position_embeddings": 64, "rope_theta": 10_000, "rms_norm_eps": 1e-5, "hidden_act": "silu",
        "tie_word_embeddings": true,
      ]
      try JSONSerialization.data(withJSONObject: configuration).write(to: URL(filePath: path + "/config.json"))
      try write()
    }

    private func write() throws {
      var tensors: [(name: String, shape: [Int])] = [
        ("model.embed_tokens.weight", [Self.vocabulary, 128]), ("model.norm.weight", [128]),
      ]
      for layer in 0..<2 {
        let shapes = [
          ("input_layernorm", [128]), ("post_attention_layernorm", [128]), ("self_attn.q_proj", [128, 128]),
          ("self_attn.k_proj", [64, 128]), ("self_attn.v_proj", [64, 128]), ("self_attn.o_proj", [128, 128]),
          ("mlp.gate_proj", [256, 128]), ("mlp.up_proj", [256, 128]), ("mlp.down_proj", [128, 256]),
        ]
        tensors += shapes.map { ("model.layers.\(layer).\($0).weight", $1) }
      }
      var (header, data, state): ([String: Any], Data, UInt64) = ([:], Data(), 7)
      for (name, shape) in tensors {
        let start = data.count
        for _ in 0..<shape.reduce(1, *) {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let random = Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
          let value = shape.count == 1 ? 1 + random / 4 : random * (3 / Float(shape[1])).squareRoot()
          withUnsafeBytes(of: value) { data.append(contentsOf: $0) }
        }
        header[name] = ["dtype": "F32", "shape": shape, "data_offsets": [start, data.count]]
      }
      let json = try JSONSerialization.data(withJSONObject: header)
      let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
      try (length + json + data).write(to: URL(filePath: path + "/model.safetensors"))
    }

    func logits(_ model: String, _ ids: String) throws -> [Float] {
      let out = scratch.path("logits.f32")
      let result = try Binary.run("logits", model, "--ids", ids, "-o", out, "-t", "2")
      #expect(result.status == 0, "\(result.err)")
      return try Data(contentsOf: URL(filePath: out)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
  }

  private static let text = "The quick brown fox jumps over the lazy dog, and so does another one, 12345 times."

  @Test("every command that runs a model runs a dense one, and says what multiplies")
  func commands() throws {
    let model = try Model()
    let file = try model.scratch.write("text", Self.text)
    let runs: [[String]] = [
      ["generate", "-m", model.path, "--ids", "1,2,3", "-n", "4"],
      ["generate", "-m", model.path, "--ids", "1,2,3", "-n", "4", "-k", "f16"],
      ["perplexity", "-m", model.path, file], ["profile", "-m", model.path, "-p", "4", "-n", "2"],
    ]
    for run in runs {
      let result = try Binary.run(run, in: Binary.root, environment: [:])
      #expect(result.status == 0 && result.err.contains("no ternary weights: f32@"), "\(run) \(result.err)")
    }
    let inspected = try Binary.run("inspect", model.path)
    #expect(inspected.out.contains("none of them ternary: projections are f32 in memory"), "\(inspected.out)")
    let bench = try Binary.run(
      "bench", "-m", model.path, "-p", "4", "-n", "2", "-r", "1", "-t", "1", "--no-warmup", "-o", "jsonl")
    #expect(bench.status == 0 && bench.out.contains("\"kernel\":\"f32\""), "\(bench.out)\(bench.err)")
    let verified = try Binary.run("verify", "-m", model.path, "-t", "1,2")
    let said = verified.out + verified.err
    #expect(verified.status == 0 && said.contains("one hash") && said.contains("skipped: dense weights"), "\(said)")
  }

  @Test("ternary kernels are refused with the way to a ternary file")
  func refusedKernels() throws {
    let model = try Model()
    for arguments in [["generate", "-m", model.path, "--ids", "1", "-n", "1", "-k", "lut"]] {
      let result = try Binary.run(arguments, in: Binary.root, environment: [:])
      #expect(result.status == 1 && result.out.isEmpty)
      #expect(result.err.contains("tern convert --ternarize absmean"), "\(result.err)")
    }
    let bench = try Binary.run(
      "bench", "-m", model.path, "-p", "4", "-n", "0", "-r", "1", "-t", "1", "-k", "simd", "--no-warmup")
    #expect((bench.out + bench.err).contains("--ternarize absmean"), "\(bench.out)\(bench.err)")
  }

  @Test("the report's numbers are those of the commands that measure each of them")
  func report() throws {
    let model = try Model()
    let out = model.scratch.path("ternary.gguf")
    let file = try model.scratch.write("text", Self.text)
    let result = try Binary.run(
      "convert", model.path, out, "--type", "i2_s", "--ternarize", "absmean", "--text", file, "--limit", "40", "--json",
      "-t", "2")
    #expect(result.status == 0, "\(result.err)")
    #expect(result.err.contains("Made ternary after training, a model loses its quality"), "\(result.err)")
    let report = try #require(try result.json() as? [String: Any])
    let roles = try #require(report["weights"] as? [[String: Any]])
    #expect(roles.compactMap { $0["role"] as? String }.contains("ffn_down") && roles.count == 7)
    for role in roles {
      let (error, zeros) = (role["relative_error"] as? Double ?? 0, role["zero_share"] as? Double ?? 0)
      // Of uniform weights a quarter is below half of the mean, and the error is √(5/32).
      #expect(abs(error - 0.395) < 0.01 && abs(zeros - 0.25) < 0.02 && role["tensors"] as? Int == 2, "\(role)")
    }
    let figures = try #require(report["text"] as? [String: Any])
    func number(_ key: String) throws -> Double { try #require(figures[key] as? Double, "\(key)") }
    for (key, path) in [("perplexity_dense", model.path), ("perplexity_ternary", out)] {
      let size = try String(Int(number("context_size")))
      let alone = try Binary.run("perplexity", "-m", path, file, "--json", "-t", "2", "-c", size, "--limit", "40")
      let object = try #require(try alone.json() as? [String: Any])
      #expect(try object["perplexity"] as? Double == number(key), "\(key)")
    }
    let ratio = try number("perplexity_ternary") / number("perplexity_dense")
    #expect(try abs(number("perplexity_ratio") - ratio) < 1e-9 * ratio)

    let tokens = try Binary.run("tokenize", model.path, "--text", Self.text, "--special")
    let all = tokens.out.split { !$0.isNumber }.compactMap { Int($0) }.prefix(40)
    // One window, so that one pass gives the same logits; nothing is predicted from the last token.
    let read = Int(try number("tokens_read"))
    try #require(all.count == read)
    let fed = all.dropLast().map(String.init).joined(separator: ",")
    let (dense, ternary) = (try model.logits(model.path, fed), try model.logits(out, fed))
    func square(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    let difference = square(zip(dense, ternary).map { Double($0) - Double($1) })
    let relative = (difference / square(dense.map(Double.init))).squareRoot()
    #expect(try abs(number("logits_relative_error") - relative) < 1e-9 && relative > 0.05)
    let rows = stride(from: 0, to: dense.count, by: Model.vocabulary)
    func best(_ values: [Float], _ row: Int) -> Int {
      (0..<Model.vocabulary).max { values[row + $0] < values[row + $1] } ?? 0
    }
    let same = rows.count { best(dense, $0) == best(ternary, $0) }
    #expect(try abs(number("top1_agreement") - Double(same) / Double(read - 1)) < 1e-12)
    #expect(try number("logits_tokens") == Double(read - 1))
    // Whoever runs the file is told what it is.
    let run = try Binary.run("generate", "-m", out, "--ids", "1,2", "-n", "2", "-k", "lut")
    #expect(run.status == 0 && run.err.contains("W-ternarized"), "\(run.err)")
  }

  @Test("without a text the weights' errors stand alone, and the words say what is missing")
  func withoutText() throws {
    let model = try Model()
    let out = model.scratch.path("ternary.gguf")
    let result = try Binary.run("convert", model.path, out, "--type", "tq2_0", "--ternarize", "absmean", "-q")
    #expect(result.status == 1 && result.err.contains("types that fit"), "128 is half a block: \(result.err)")
    let fits = try Binary.run("convert", model.path, out, "--type", "i2_s", "--ternarize", "absmean", "-q")
    #expect(fits.status == 0 && fits.out.isEmpty && fits.err.contains("--text FILE"), "\(fits.err)")
    #expect(fits.err.contains("ffn_gate") && !fits.err.contains("perplexity,"), "\(fits.err)")
  }

  @Test("what --ternarize does not fit is refused, and nothing is written")
  func refusals() throws {
    let model = try Model()
    let out = model.scratch.path("out.gguf")
    let plain = try Binary.run("convert", model.path, out, "--type", "i2_s")
    #expect(plain.status == 1 && plain.err.contains("--ternarize absmean"), "\(plain.err)")
    let ternary = try Binary.run(
      "convert", "Tests/EngineTests/Fixtures/llama158", out, "--type", "i2_s", "--ternarize", "absmean")
    #expect(ternary.status == 1 && ternary.err.contains("is ternary already"), "\(ternary.err)")
    let text = try Binary.run(
      "convert", model.path, out, "--type", "i2_s", "--ternarize", "absmean", "--text", "no/such/text")
    #expect(text.status == 1 && text.err.contains("no/such/text"), "\(text.err)")
    #expect(!FileManager.default.fileExists(atPath: out))
    for wrong in [["--json"], ["--text", "x"], ["--ternarize", "absmean", "--limit", "4"], ["--ternarize", "sign"]] {
      let result = try Binary.run(
        ["convert", model.path, out, "--type", "i2_s"] + wrong, in: Binary.root, environment: [:])
      #expect(result.status == 64, "\(wrong) \(result.err)")
    }
    let dense = try Binary.run("convert", model.path, out, "--type", "f16")
    #expect(dense.status == 0, "\(dense.err)")
    let ids = "1,2,3,4"
    let (before, after) = (try model.logits(model.path, ids), try model.logits(out, ids))
    let distance = zip(before, after).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(before.count == after.count && distance > 0 && distance < 0.05, "\(distance)")
  }
}
