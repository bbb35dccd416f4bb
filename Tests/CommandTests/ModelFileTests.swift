import Foundation
import Testing

/// `inspect` and `convert`, on files whose contents are known.
@Suite struct ModelFileTests {
  private func model(_ name: String) -> String { "Tests/ModelFilesTests/Fixtures/gguf/\(name)/model.gguf" }

  private func logits(_ model: String, _ scratch: Scratch) throws -> Data {
    let path = scratch.path("logits.f32")
    let result = try Binary.run("logits", model, "--ids", "1,2,3,4,5", "-o", path, "-t", "2")
    #expect(result.status == 0, "\(result.err)")
    return try Data(contentsOf: URL(filePath: path))
  }

  @Test("inspect says what a model is, what it holds and which kernels run it")
  func inspect() throws {
    let result = try Binary.run("inspect", model("llama_tq2"))
    #expect(result.status == 0, "\(result.err)")
    for part in ["GGUF v3", "llama", "TQ2_0", "2.06", "projections", "Q8_0", "gpt2 (llama-bpe)", "naive@portable"] {
      #expect(result.out.contains(part), "\(part) in\n\(result.out)")
    }
    // What a pipe is read in.
    #expect(result.out.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(result.out)")
  }

  @Test("inspect --json is one object with sizes in bytes")
  func inspectJSON() throws {
    let result = try Binary.run("inspect", model("bitnet2b_i2s"), "--json", "--context", "64")
    let object = try #require(try result.json() as? [String: Any])
    let groups = try #require(object["tensors"] as? [[String: Any]])
    let projections = try #require(groups.first { $0["purpose"] as? String == "projections" })
    #expect(projections["type"] as? String == "I2_S" && projections["tensors"] as? Int == 14)
    #expect(object["context"] as? Int == 64 && object["format"] as? String == "gguf")
    let kernels = try #require(object["kernels"] as? [[String: Any]])
    let tokenizer = try #require(object["tokenizer"] as? [String: Any])
    #expect(tokenizer["kind"] as? String == "byte-level BPE" && tokenizer["chat_template"] as? String == "bitnet-2b4t")
    #expect(kernels.contains { $0["id"] as? String == "naive@portable" && $0["available"] as? Bool == true })
  }

  @Test("inspect describes a GGUF file that cannot be run, and says why")
  func inspectStranger() throws {
    let scratch = try Scratch()
    var file = Data("GGUF".utf8)
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { file.append(contentsOf: $0) }
    }
    func append(_ text: String) {
      append(UInt64(text.utf8.count))
      file.append(contentsOf: text.utf8)
    }
    append(UInt32(3))
    append(UInt64(0))
    append(UInt64(1))
    append("general.architecture")
    append(UInt32(8))
    append("mamba")
    let path = scratch.path("other.gguf")
    try file.write(to: URL(filePath: path))
    let result = try Binary.run("inspect", path)
    #expect(result.status == 0 && result.out.contains("cannot be run"), "\(result.out)\(result.err)")
    #expect(result.out.contains("\"mamba\" is not supported"))
    #expect(try Binary.run("generate", "-m", path).status == 1)
  }

  @Test("convert writes a file with the same logits, from either container", arguments: [true, false])
  func convert(fromGGUF: Bool) throws {
    let scratch = try Scratch()
    let source = fromGGUF ? model("bitnet2b_i2s") : "Tests/EngineTests/Fixtures/bitnet2b_offline"
    let out = scratch.path("out.gguf")
    let result = try Binary.run("convert", source, out, "--type", "i2_s")
    #expect(result.status == 0 && result.out.isEmpty && result.err.contains("i2_s"), "\(result.err)")
    #expect(try logits(source, scratch) == logits(out, scratch))
  }

  @Test("convert keeps the tokenizer, from either container")
  func convertTokenizer() throws {
    let scratch = try Scratch()
    let folder = scratch.path("model")
    let fixture = "Tests/EngineTests/Fixtures/llama158"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for file in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(atPath: "\(fixture)/\(file)", toPath: "\(folder)/\(file)")
    }
    let (first, second) = (scratch.path("first.gguf"), scratch.path("second.gguf"))
    let bare = try Binary.run("convert", folder, first, "--type", "f16")
    #expect(bare.status == 0 && bare.err.contains("W-tokenizer"), "\(bare.err)")
    #expect(try Binary.run("tokenize", first, "--text", "a").err.contains("holds no tokenizer"))
    #expect(try Binary.run("inspect", first).out.contains("none in the file"))
    let source = model("llama_tq2")
    #expect(try Binary.run("convert", source, second, "--type", "f16").status == 0)
    let text = "The end, 12345 中 <|eot_id|>"
    let expected = try Binary.run("tokenize", source, "--text", text, "--special")
    #expect(expected.status == 0, "\(expected.err)")
    #expect(try Binary.run("tokenize", second, "--text", text, "--special").out == expected.out)
  }

  @Test("what convert cannot do leaves no file behind")
  func refused() throws {
    let scratch = try Scratch()
    let out = scratch.path("out.gguf")
    let narrow = try Binary.run("convert", model("bitnet25_f16"), out, "--type", "tq2_0")
    #expect(narrow.status == 1 && narrow.err.contains("types that fit are f16, q8_0"), "\(narrow.err)")
    let absent = try Binary.run("convert", "no/such.gguf", out, "--type", "i2_s")
    #expect(absent.status == 1 && absent.err.contains("no/such.gguf"))
    #expect(try Binary.run("convert", model("bitnet25_f16"), out, "--type", "q2_k").status == 64)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).allSatisfy { !$0.contains("gguf") })
  }

  @Test("a record of a GGUF model says so")
  func record() throws {
    let result = try Binary.run(
      "bench", "-m", model("bitnet2b_tq2"), "-k", "naive", "-t", "1", "-p", "4", "-n", "0", "-r", "1", "-o", "json")
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("\"gguf\""), "\(result.out)")
  }
}
