import Foundation
import Testing

/// `generate` on a tiny model of random weights with a tokenizer: what it says is noise, how it says it is not.
@Suite struct GenerateTests {
  static let model = "Tests/EngineTests/Fixtures/bitnet2b_offline"
  static let gguf = "Tests/ModelFilesTests/Fixtures/gguf/llama_tq2/model.gguf"

  private func generate(_ arguments: String...) throws -> Binary.Result {
    try Binary.run(["generate", "-m", Self.model, "-t", "2"] + arguments, in: Binary.root, environment: [:])
  }

  private func object(_ arguments: [String]) throws -> [String: Any] {
    let result = try Binary.run(
      ["generate", "-m", Self.model, "-t", "2", "--json"] + arguments, in: Binary.root, environment: [:])
    #expect(result.status == 0, "\(result.err)")
    return try #require(try result.json() as? [String: Any])
  }

  @Test("a prompt in text gives text on stdout and speeds on stderr; --json says the same as data")
  func text() throws {
    let result = try generate("-p", "To be", "-n", "12")
    #expect(result.status == 0, "\(result.err)")
    for part in ["prompt of 6", "first token after", "11 decoded", "t/s", "p99"] {
      #expect(result.err.contains(part), "\(result.err)")
    }
    let object = try object(["-p", "To be", "-n", "12"])
    #expect(object["text"] as? String == String(result.out.dropLast()) && result.out.hasSuffix("\n"))
    #expect(object["finish_reason"] as? String == "length")
    let ids = try #require(object["ids"] as? [Int])
    #expect(ids.count == 12 && (object["token_times_ns"] as? [Int])?.count == 11)
    #expect((object["prompt_ids"] as? [Int])?.first == 278)
    // The pieces, put together, are what the ids say at once.
    let list = ids.map(String.init).joined(separator: ",")
    let decoded = try Binary.run("tokenize", Self.model, "--ids", list, "--decode", "--skip-special")
    #expect(decoded.out == result.out)
    for key in [
      "time_load_ns", "prompt_rate_tokens_per_s", "decode_rate_tokens_per_s", "time_to_first_token_ns",
      "time_token_p50_ns",
    ] {
      #expect((object[key] as? Double ?? 0) > 0, "\(key)")
    }
    // Energy is there, or why it is not.
    #expect((object["energy"] != nil) != (object["energy_reason"] != nil))
  }

  @Test("ids in, ids out: the reference's greedy ids, whatever kernel, without a tokenizer")
  func ids() throws {
    struct Expected: Decodable {
      var input_ids: [Int]
      var greedy_ids: [Int]
    }
    let file = Binary.root.appendingPathComponent("Tests/EngineTests/Fixtures/llama158/expected.json")
    let expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file))
    for kernel in ["simd", "naive"] {
      let result = try Binary.run(
        "generate", "-m", "Tests/EngineTests/Fixtures/llama158", "-n", "\(expected.greedy_ids.count)", "-k", kernel,
        "--ids", expected.input_ids.map(String.init).joined(separator: ","))
      #expect(result.out == expected.greedy_ids.map(String.init).joined(separator: " ") + "\n", "\(result.err)")
    }
  }

  @Test("equal seeds give equal texts on every kernel and thread count, other seeds others")
  func seeds() throws {
    func text(_ seed: String, _ flags: [String] = []) throws -> String? {
      try object(["-p", "To be", "-n", "24", "--temperature", "1.5", "--top-k", "250", "--seed", seed] + flags)["text"]
        as? String
    }
    let first = try text("1")
    #expect(try first == text("1", ["-k", "naive", "-t", "3", "--placement", "free"]))
    #expect(try first != text("2"))
  }

  @Test("a stop text is never printed, and --tokenizer turns ids into text")
  func stops() throws {
    let text = try #require(try object(["-p", "To be", "-n", "6"])["text"] as? String)
    let stop = String(text.dropFirst(2).prefix(2))
    let expected = text[..<text.range(of: stop)!.lowerBound]
    let object = try object(["-p", "To be", "-n", "6", "--stop", "none of it", "--stop", stop])
    #expect(object["text"] as? String == String(expected))
    #expect(object["finish_reason"] as? String == "stop_text")
    let ids = try #require(object["prompt_ids"] as? [Int]).map(String.init).joined(separator: ",")
    let same = try generate("--ids", ids, "--tokenizer", Self.model, "-n", "6", "--stop", stop)
    #expect(same.out == expected + "\n")
  }

  @Test("a token that ends a text ends the generation, unless --ignore-eos")
  func endOfText() throws {
    // Hot enough to meet one of the two such tokens of 288 among 250.
    let flags = ["-p", "To be", "-n", "250", "--temperature", "100", "--seed", "5"]
    let ended = try object(flags)
    let ids = try #require(ended["ids"] as? [Int])
    #expect(ended["finish_reason"] as? String == "end_of_text")
    #expect(ids.count < 250 && [279, 287].contains(ids[ids.count - 1]))
    let ignored = try #require(try object(flags + ["--ignore-eos"])["ids"] as? [Int])
    #expect(ignored.count == 250 && Array(ignored.prefix(ids.count)) == ids)
  }

  @Test("a prompt comes from a file or standard input, with special tokens or without")
  func prompts() throws {
    let scratch = try Scratch()
    try scratch.write("prompt", "a<|eot_id|>b\n")
    let file = scratch.path("prompt")
    func ids(_ flags: String...) throws -> [Int]? { try object(flags + ["-n", "1"])["prompt_ids"] as? [Int] }
    let whole = try #require(try ids("--prompt-file", file))
    #expect(whole.prefix(3) == [278, 64, 287])
    #expect(try ids("--prompt-file", file, "--no-bos") == Array(whole.dropFirst()))
    #expect(try ids("--prompt-file", file, "--plain")?.contains(287) == false)
    #expect(try ids("-p", "<|begin_of_text|>a") == [278, 64])
    let model = Binary.root.appendingPathComponent(Self.model).path
    let piped = try Binary.shell("printf 'a' | \"$TERN\" generate -m '\(model)' --prompt-file - -n 1 --json")
    #expect(piped.out.contains("278"))
  }

  @Test("a GGUF file brings its tokenizer along")
  func gguf() throws {
    let result = try Binary.run("generate", "-m", Self.gguf, "-p", "To be", "-n", "3", "-t", "2", "--json")
    #expect(result.status == 0, "\(result.err)")
    let object = try #require(try result.json() as? [String: Any])
    #expect(object["text"] is String && (object["ids"] as? [Int])?.count == 3)
  }

  @Test("Ctrl-C ends with what was made, and status 130")
  func interrupted() throws {
    let scratch = try Scratch()
    let process = try Binary.start(
      ["generate", "-m", Self.model, "-p", "To be", "-n", "90000", "-c", "90010", "--ignore-eos", "-t", "2"],
      in: Binary.root, environment: [:], scratch: scratch)
    while scratch.text("out").isEmpty && process.isRunning { usleep(10_000) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130, "\(scratch.text("err"))")
    #expect(scratch.text("out").hasSuffix("\n") && scratch.text("err").contains("t/s"))
  }

  @Test("a prompt that the model was not made for is refused by numbers, unless --context asks for it")
  func context() throws {
    let long = String(repeating: "1 ", count: 200)
    let refused = try generate("-p", long, "-n", "2")
    #expect(refused.status == 1 && refused.out.isEmpty, "\(refused.out)")
    #expect(refused.err.contains("was made for 256 positions") && refused.err.contains("--context"), "\(refused.err)")
    let small = try generate("-p", "To be", "-c", "4")
    #expect(small.status == 1 && small.err.contains("6 tokens") && small.err.contains("--context is 4"))
    let beyond = try generate("-p", long, "-n", "2", "-c", "500")
    #expect(beyond.status == 0 && beyond.err.contains("W-context"), "\(beyond.err)")
    let cut = try generate("-p", "To be", "-n", "4", "-c", "7", "--json")
    #expect(cut.out.contains("\"finish_reason\" : \"context\"") && cut.status == 0)
  }

  @Test("what cannot be generated is said")
  func refusals() throws {
    let none = try Binary.run("generate", "-m", "Tests/EngineTests/Fixtures/llama158", "-p", "a")
    #expect(none.status == 1 && none.err.contains("tokenizer.json: is missing"), "\(none.err)")
    let zoo = try Binary.run("generate", "-m", "paper-125m", "-p", "a")
    #expect(zoo.status == 1 && zoo.err.contains("--ids"), "\(zoo.err)")
    let file = try generate("--prompt-file", "no-such-file")
    #expect(file.status == 1 && file.err.contains("no-such-file"))
    #expect(try generate("--prompt-file", "/dev/null").err.contains("the prompt is empty"))
    #expect(try generate().err.contains("no prompt"))
    for wrong in [
      ["-p", ""], ["-p", "a", "--ids", "1"], ["-p", "a", "--temperature=-1"], ["-p", "a", "--temperature", "nan"],
      ["-p", "a", "--top-p", "0"], ["-p", "a", "--top-p", "1.5"], ["-p", "a", "--min-p", "1"],
      ["-p", "a", "--top-k=-1"],
      ["-p", "a", "--repetition-penalty", "0"], ["-p", "a", "--repetition-window=-1"], ["-p", "a", "--seed=-1"],
      ["-p", "a", "--stop", ""], ["--ids", "1", "--stop", "a"], ["-p", "a", "-c", "0"], ["--ids", "1", "--plain"], [],
    ] {
      let result = try Binary.run(["generate", "-m", Self.model] + wrong, in: Binary.root, environment: [:])
      #expect(result.status == 64 && result.out.isEmpty, "\(wrong)")
    }
  }

  @Test("flags that do nothing at temperature 0 are named")
  func idle() throws {
    let result = try generate("-p", "a", "-n", "1", "--top-k", "5", "--seed", "3")
    #expect(result.status == 0 && result.err.contains("W-greedy  --top-k, --seed"))
  }
}
