import Foundation
import Testing

@Suite struct PerplexityTests {
  static let model = "Tests/EngineTests/Fixtures/bitnet2b_offline"

  private func run(_ arguments: String..., input: String) throws -> Binary.Result {
    let scratch = try Scratch()
    let file = try scratch.write("text", input)
    return try Binary.run(["perplexity"] + arguments + [file], in: Binary.root, environment: [:])
  }

  @Test("token ids are scored, and every figure agrees with the others")
  func ids() throws {
    let result = try run("-m", Self.model, "--ids", "--json", "-t", "2", input: "1,2,3 4\n5,6,7,8,9,10,11")
    #expect(result.status == 0, "\(result.err)")
    let object = try #require(try result.json() as? [String: Any])
    func number(_ key: String) throws -> Double { try #require(object[key] as? Double, "\(key)") }
    #expect(try number("tokens_read") == 11 && number("tokens_scored") == 10 && number("windows") == 1)
    #expect(try abs(number("perplexity") - exp(number("nats_per_token"))) < 1e-9 * number("perplexity"))
    #expect(try abs(number("bits_per_token") - number("nats_per_token") / log(2)) < 1e-9)
    #expect(try number("perplexity_standard_error") > 0 && number("perplexity_standard_error_independent") > 0)
    #expect(object["bits_per_byte"] == nil, "nobody knows how many bytes ids are")
    #expect(try number("rate_tokens_per_s") > 0 && number("time_ns") > 0)
  }

  @Test("windows, a limit and other kernels: the same figures where they should be")
  func windows() throws {
    let ids = (0..<60).map { "\($0 * 37 % 288)" }.joined(separator: ",")
    var seen: Set<Double> = []
    for kernel in ["naive", "simd", "lut"] {
      let result = try run(
        "-m", Self.model, "--ids", "--json", "-k", kernel, "-c", "16", "--stride", "4", "--limit", "50", "-q",
        input: ids)
      #expect(result.status == 0 && result.err.isEmpty, "\(result.err)")
      let object = try #require(try result.json() as? [String: Any])
      #expect(object["tokens_read"] as? Int == 50 && object["tokens_scored"] as? Int == 49)
      // Beginnings 0, 4, … 36: the window from 36 on reaches the fiftieth token.
      #expect(object["windows"] as? Int == 10)
      seen.insert(try #require(object["nats_per_token"] as? Double))
    }
    #expect(seen.count == 1)
  }

  @Test("a table for people, with the tokenizer that is given")
  func text() throws {
    // A zoo model has a vocabulary that any tokenizer's ids fit in.
    let result = try run(
      "-m", "paper-125m", "--tokenizer", TokenizeTests.folder, "-c", "32", "--limit", "40",
      input: String(repeating: "To be, or not to be. ", count: 10))
    #expect(result.status == 0, "\(result.err)")
    for part in ["perplexity", "±", "bits per byte", "39", "of 40 read, 1 of them put before the text", "t/s"] {
      #expect(result.out.contains(part), "\(part) in\n\(result.out)")
    }
  }

  @Test("bad input is refused by its place, with what to do")
  func refusals() throws {
    func refused(_ arguments: [String], _ input: String, says: String) throws {
      let scratch = try Scratch()
      let file = try scratch.write("text", input)
      let result = try Binary.run(["perplexity"] + arguments + [file], in: Binary.root, environment: [:])
      #expect(result.status == 1 && result.out.isEmpty && result.err.contains(says), "\(result.err)")
    }
    let model = ["-m", Self.model]
    let mute = ["-m", "Tests/EngineTests/Fixtures/bitnet2b_odd_offline"]
    try refused(mute, "text", says: "--tokenizer PATH, or token ids with --ids")
    try refused(["-m", "paper-125m"], "text", says: "random weights and no tokenizer")
    try refused(model + ["--ids"], "1", says: "text: a text of 1 token is too short")
    try refused(model + ["--ids"], "", says: "text: a text of 0 tokens is too short")
    try refused(model + ["--ids"], "1,two", says: "\"two\" is no token id")
    try refused(model + ["--ids"], "1,-2", says: "\"-2\" is no token id")
    try refused(model + ["--ids"], "1,2,288", says: "is id 288, but")
    try refused(model + ["--tokenizer", TokenizeTests.folder], "", says: "text: is empty")
    let absent = try Binary.run("perplexity", "-m", Self.model, "--ids", "no/such/file")
    #expect(absent.status == 1 && absent.err.contains("no/such/file: cannot be read"))
    let folder = Binary.root.appendingPathComponent(Self.model).path
    let latin = try Binary.shell("printf 'caf\\351' | \"$TERN\" perplexity -m '\(folder)' --ids -")
    #expect(latin.status == 1 && latin.err.contains("is not UTF-8 at byte 3"))
    for wrong in [["-c", "1"], ["--stride", "0"], ["-c", "8", "--stride", "9"], ["--limit", "1"]] {
      let result = try Binary.run(
        ["perplexity"] + model + ["--ids"] + wrong + ["-"], in: Binary.root, environment: [:])
      #expect(result.status == 64, "\(wrong)")
    }
  }
}
