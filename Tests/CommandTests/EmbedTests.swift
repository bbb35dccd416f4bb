import Foundation
import Testing

@Suite struct EmbedTests {
  static let model = "Tests/EngineTests/Fixtures/qwen3_embedding"

  private func vector(_ line: some StringProtocol) throws -> (text: String?, embedding: [Double]) {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return (object?["text"] as? String, try #require(object?["embedding"] as? [Double]))
  }

  @Test("ids become a vector of length 1, the same from every kernel, as JSON and as raw floats")
  func ids() throws {
    let scratch = try Scratch()
    var seen: Set<String> = []
    for kernel in ["naive", "simd"] {
      let result = try Binary.run("embed", "-m", Self.model, "--ids", "1,2,3,4", "-k", kernel, "-t", "2")
      #expect(result.status == 0 && result.err.isEmpty, "\(result.err)")
      seen.insert(result.out)
    }
    #expect(seen.count == 1)
    let found = try vector(try #require(seen.first)).embedding
    #expect(found.count == 64 && abs(found.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    let path = scratch.path("vectors.f32")
    let raw = try Binary.run("embed", "-m", Self.model, "--ids", "1,2,3,4", "-o", path)
    #expect(raw.status == 0 && raw.out.isEmpty && raw.err.contains("float32 [1, 64]  last"), "\(raw.err)")
    let floats = try Data(contentsOf: URL(filePath: path)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(zip(floats, found).allSatisfy { abs(Double($0) - $1) < 1e-7 } && floats.count == 64)
    let plain = try Binary.run("embed", "-m", Self.model, "--ids", "1,2,3,4", "--no-normalize", "--pooling", "mean")
    #expect(try vector(plain.out).embedding.reduce(0) { $0 + $1 * $1 } > 1.1)
  }

  @Test("texts on flags and on lines, and their cosines")
  func texts() throws {
    // A zoo model has a vocabulary that any tokenizer's ids fit in.
    let model = ["embed", "-m", "paper-125m", "--tokenizer", TokenizeTests.folder]
    let scratch = try Scratch()
    let file = try scratch.write("texts", "To be\nor not\n")
    let flags = try Binary.run(
      model + ["--text", "To be", "--text", "or not"], in: Binary.root, environment: [:])
    let lines = try Binary.run(model + ["--file", file], in: Binary.root, environment: [:])
    #expect(flags.status == 0 && flags.out == lines.out && flags.err.contains("W-end"), "\(flags.err)")
    #expect(try flags.out.split(separator: "\n").map { try vector($0).text } == ["To be", "or not"])
    let table = try Binary.run(
      model + ["--similarity", "--text", "To be", "--text", "To be", "--text", "or not"], in: Binary.root,
      environment: [:])
    let rows = table.out.split(separator: "\n")
    #expect(rows.count == 4 && rows[1].contains("1.000  1.000"), "\(table.out)")
  }

  @Test("bad input is refused by its place, with what to do")
  func refusals() throws {
    func refused(_ arguments: String..., says: String, status: Int32 = 1) throws {
      let result = try Binary.run(["embed"] + arguments, in: Binary.root, environment: [:])
      #expect(result.status == status && result.out.isEmpty && result.err.contains(says), "\(result.err)")
    }
    let scratch = try Scratch()
    let tokenizer = TokenizeTests.folder
    try refused("-m", Self.model, "--text", "a", says: "--tokenizer PATH, or token ids with --ids")
    try refused("-m", Self.model, "--ids", "1,96", says: "token 1 is id 96")
    try refused("-m", Self.model, "--tokenizer", tokenizer, "--text", "", says: "--text number 1 is empty")
    let gap = try scratch.write("gap", "a\n\nb\n")
    try refused("-m", Self.model, "--tokenizer", tokenizer, "--file", gap, says: "line 2 is empty")
    let empty = try scratch.write("empty", "")
    try refused("-m", Self.model, "--tokenizer", tokenizer, "--file", empty, says: "is empty")
    try refused("-m", Self.model, says: "one of --text, --file and --ids", status: 64)
    try refused("-m", Self.model, "--ids", "1", "--pooling", "cls", says: "cls", status: 64)
    try refused("-m", Self.model, "--ids", "1", "-o", "x", "--similarity", says: "leave out -o", status: 64)
  }
}
