import Foundation
import Testing

/// `chat` with scripted input; the model is a tiny one of random weights, so that its answers are noise.
@Suite struct ChatTests {
  static let model = Binary.root.appendingPathComponent(GenerateTests.model).path

  private func chat(_ input: String, _ flags: String = "-n 8", model: String = Self.model) throws -> Binary.Result {
    try Binary.shell("printf '\(input)' | \"$TERN\" chat -m '\(model)' -t 2 \(flags)")
  }

  private func speeds(_ result: Binary.Result) -> [Substring] {
    result.err.split(separator: "\n").filter { $0.contains("tokens, ") }
  }

  @Test("an answer is what follows the rendered conversation")
  func answer() throws {
    let answer = try chat("hello\\n")
    #expect(answer.status == 0, "\(answer.err)")
    let prompt = "User: hello<|eot_id|>Assistant: "
    let generated = try Binary.run("generate", "-m", Self.model, "-t", "2", "-n", "8", "-p", prompt)
    #expect(answer.out == generated.out && !answer.out.isEmpty)
    let guided = try chat("hello\\n", "-n 8 --system 'Be brief.'")
    let system = try Binary.run(
      "generate", "-m", Self.model, "-t", "2", "-n", "8", "-p", "System: Be brief.<|eot_id|>" + prompt)
    #expect(guided.out == system.out)
    let other = try chat("hello\\n", "-n 8 --template llama3")
    #expect(other.status == 0 && other.out != answer.out)
  }

  @Test("the conversation stays in the cache, and /reset forgets it")
  func history() throws {
    let result = try chat("hello\\nwhat?\\n/stats\\n/reset\\nhello\\n/quit\\nnever answered\\n")
    #expect(result.status == 0, "\(result.err)")
    let speeds = speeds(result)
    try #require(speeds.count == 3)
    #expect(!speeds[0].contains("kept"))
    // Of the first exchange everything is kept: prompt, and all but the last token of the answer.
    let first = try #require(speeds[0].firstMatch(of: /; (\d+) read/)?.1).description
    #expect(speeds[1].contains("(\(Int(first)! + 7) kept)"), "\(speeds)")
    #expect(result.err.contains("of 256 positions; exchanges remembered: 2"))
    let alone = try chat("hello\\n").out
    #expect(result.out.hasPrefix(alone) && result.out.hasSuffix(alone) && !alone.isEmpty)
  }

  @Test("sampled conversations repeat with their seed, and after /reset")
  func seeds() throws {
    let flags = "-n 12 --temperature 2 --seed 4"
    let once = try chat("hello\\n/reset\\nhello\\n", flags).out
    #expect(try once == chat("hello\\n/reset\\nhello\\n", flags).out)
    let alone = try chat("hello\\n", flags).out
    #expect(once == alone + alone)
    #expect(try chat("hello\\n", "-n 12 --temperature 2 --seed 5").out != alone)
  }

  @Test("a context that is full forgets the oldest exchanges and says so")
  func fullContext() throws {
    let result = try chat("one\\ntwo\\nthree\\nfour\\n", "-n 8 -c 64")
    #expect(result.status == 0 && speeds(result).count == 4, "\(result.err)")
    #expect(result.err.contains("the context of 64 is full: the oldest"), "\(result.err)")
    let cut = try chat("one\\n", "-c 32")
    #expect(cut.err.contains("the context of 32 is full: the answer was cut short"), "\(cut.err)")
  }

  @Test("what cannot be answered is said, the rest is answered, and a script learns of it")
  func refusals() throws {
    let long = String(repeating: "a b ", count: 100)
    let result = try chat("\\n/nonsense\\ncaf\\351\\n\(long)\\n/help\\nhello\\n")
    #expect(result.status == 1)
    for part in [
      "/nonsense is no command", "line 3 is not UTF-8", "context is 256; shorten it", "/system TEXT", "8 tokens, ",
    ] {
      #expect(result.err.contains(part), "\(part) in \(result.err)")
    }
    #expect(try result.out == chat("hello\\n").out)
  }

  @Test("what makes no conversation is refused before anything is loaded")
  func badSettings() throws {
    let template = try chat("hello\\n", "--template vicuna")
    #expect(template.status == 64 && template.err.contains("bitnet-2b4t, bitnet-gguf, llama3, phi4-mini"))
    for wrong in ["-n 0", "-c 3", "--top-p 2", "--stop ''"] {
      #expect(try chat("hello\\n", wrong).status == 64, "\(wrong)")
    }
    let zoo = try chat("hello\\n", model: "paper-125m")
    #expect(zoo.status == 1 && zoo.err.contains("random weights"))
    let bare = Binary.root.appendingPathComponent("Tests/EngineTests/Fixtures/llama158").path
    let none = try chat("hello\\n", model: bare)
    #expect(none.status == 1 && none.err.contains("tokenizer.json: is missing"))
    let untold = try chat("hello\\n", "-n 1 --tokenizer '\(Self.model)/tokenizer.json'", model: bare)
    #expect(untold.status == 1 && untold.err.contains("choose one with --template"), "\(untold.err)")
    let system = try chat("hello\\n", "--template bitnet-gguf --system x")
    #expect(system.status == 1 && system.err.contains("no place"))
  }

  @Test("no input is no conversation, and a last line needs no end")
  func ends() throws {
    let nothing = try chat("")
    #expect(nothing.status == 0 && nothing.out.isEmpty)
    #expect(try chat("hello").out == chat("hello\\r\\n").out)
  }

  @Test("Ctrl-C ends a script with status 130")
  func interrupted() throws {
    let scratch = try Scratch()
    try scratch.write("in", "hello\nnever answered\n")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = ["chat", "-m", Self.model, "-c", "90000", "-t", "2", "--stop", "never said"]
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: scratch.path("in")))
    process.standardOutput = try scratch.handle("out")
    process.standardError = try scratch.handle("err")
    try process.run()
    while scratch.text("out").isEmpty && process.isRunning { usleep(10_000) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(scratch.text("err").contains("(stopped)"), "\(scratch.text("err"))")
  }
}
