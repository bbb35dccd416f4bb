import Foundation
import Testing

@Suite struct TokenizeTests {
  static let folder = "Tests/ModelFilesTests/Fixtures/Tokenizers/llama3"

  @Test("text becomes ids, with and without what begins a text, and ids become the text")
  func thereAndBack() throws {
    let plain = try Binary.run("tokenize", Self.folder + "/tokenizer.json", "--text", "a<|eot_id|>b")
    #expect(plain.status == 0 && plain.out == "64,899,65\n" && plain.err.isEmpty)
    let special = try Binary.run("tokenize", Self.folder, "--text", "a<|eot_id|>b", "--special", "--json")
    #expect(special.out == "{\"ids\":[890,64,899,65]}\n")
    let text = try Binary.run("tokenize", Self.folder, "--ids", "890,64,899,65", "--decode")
    #expect(text.out == "<|begin_of_text|>a<|eot_id|>b\n")
    let skipped = try Binary.run(
      "tokenize", Self.folder, "--ids", "890,64,899,65", "--decode", "--skip-special", "--json")
    #expect(skipped.out == "{\"text\":\"ab\"}\n")
    #expect(try Binary.run("tokenize", Self.folder, "--text", "<|eot_id|>", "--plain").out.contains("899") == false)
  }

  @Test("a file is read byte for byte, and so is standard input")
  func files() throws {
    let scratch = try Scratch()
    try scratch.write("text", "a\r\n\n b")
    let file = try Binary.run("tokenize", Self.folder, "--file", scratch.path("text"))
    let back = try Binary.run(
      "tokenize", Self.folder, "--ids", file.out.trimmingCharacters(in: .newlines), "--decode", "--json")
    #expect(back.out == "{\"text\":\"a\\r\\n\\n b\"}\n")
    let folder = Binary.root.appendingPathComponent(Self.folder).path
    let piped = try Binary.shell("printf 'a<|eot_id|>b' | \"$TERN\" tokenize '\(folder)' --file -")
    #expect(piped.out == "64,899,65\n")
  }

  @Test("bad input is refused by its place")
  func refusals() throws {
    let folder = Binary.root.appendingPathComponent(Self.folder).path
    let latin = try Binary.shell("printf 'caf\\351' > text; \"$TERN\" tokenize '\(folder)' --file text")
    #expect(latin.status == 1 && latin.out.isEmpty && latin.err.contains("text: is not UTF-8 at byte 3"))
    let id = try Binary.run("tokenize", Self.folder, "--ids", "64,5000", "--decode")
    #expect(id.status == 1 && id.out.isEmpty && id.err.contains("id 5000: has no token; ids go from 0 to 899"))
    let absent = try Binary.run("tokenize", "no-such-model", "--text", "a")
    #expect(absent.status == 1 && absent.err.contains("no-such-model: cannot be opened"))
    for wrong in [
      ["--text", "a", "--file", "b"], ["--ids", "1"], ["--decode"], [], ["--text", "a", "--skip-special"],
    ] {
      let result = try Binary.run(
        ["tokenize", Self.folder] + wrong, in: Binary.root, environment: [:])
      #expect(result.status == 64, "\(wrong)")
    }
  }
}
