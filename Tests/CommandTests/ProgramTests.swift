import Foundation
import Testing

/// Other programs beside Tern's kernels, from a suite to a report.
@Suite struct ProgramTests {
  private typealias Object = [String: Any]

  /// Runs a suite and returns what it said and its record's cells by program, Tern's own under "tern".
  private func run(_ suite: String, in scratch: Scratch) throws -> (Binary.Result, [String: [String: Any]], String) {
    let path = try scratch.write("peers.toml", suite)
    let result = try Binary.run("run", path, "-o", scratch.path("results"))
    let file = try #require(
      scratch.files(under: "results").first { $0.hasSuffix("peers.json") || $0.contains("-peers-") }, "\(result.err)")
    let record = scratch.path("results/\(file)")
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: record))) as? Object
    let cells = try #require(json?["cells"] as? [Object])
    let named = cells.map { (($0["program"] as? Object)?["name"] as? String ?? "tern", $0) }
    return (result, Dictionary(named, uniquingKeysWith: { first, _ in first }), record)
  }

  private func samples(_ cell: [String: Any]?) -> [[String: Double]] {
    (cell?["samples"] as? [Object] ?? []).compactMap { $0["metrics"] as? [String: Double] }
  }

  private func reason(_ cell: [String: Any]?) -> String {
    (cell?["outcome"] as? Object)?["reason"] as? String ?? "none"
  }

  @Test("a program runs in turns with Tern's cells, under the same meters, and says which build of it that was")
  func beside() throws {
    let scratch = try Scratch()
    let path = try StandIn.install(in: scratch)
    let (result, cells, record) = try run(
      StandIn.suite([("llama.cpp", "kind = \"llama-bench\"\npath = \"\(path)\"")], repetitions: 3), in: scratch)
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("llama.cpp"))
    let cell = try #require(cells["llama.cpp"])
    let program = try #require(cell["program"] as? Object)
    #expect(program["build_commit"] as? String == "abc1234")
    #expect(program["window"] as? String == "work")
    #expect(program["architecture"] as? String == "bitnet-b1.58")
    #expect(program["weights"] as? String == "TQ2_0")
    #expect((program["model_sha256"] as? String)?.count == 64)
    #expect((cell["model"] as? Object)?["parameters"] as? Int == 796_928)
    let metrics = samples(cell)
    #expect(metrics.count == 3)
    for sample in metrics {
      // Two sleeps of a tenth of a second fill the window that the suite asks for.
      let program = try #require(sample["time_program_ns"])
      #expect(program >= 2e8)
      #expect(abs(try #require(sample["rate_tokens_per_s"]) - 8e9 / program) < 1e-6)
      #expect(try #require(sample["time_wall_ns"]) >= 2e8, "the window holds the work")
      #expect(sample["time_cpu_user_ns"] != nil)
    }
    let positions = ["tern", "llama.cpp"].map { name in
      ((cells[name]?["samples"] as? [Object]) ?? []).compactMap { $0["position_in_run"] as? Int }
    }
    #expect(positions.allSatisfy { $0.count == 3 })
    #expect(
      positions[0].max() ?? 0 > positions[1].min() ?? .max && positions[1].max() ?? 0 > positions[0].min() ?? .max)

    let csv = try Binary.run("export", record, "-f", "csv").out.split(whereSeparator: \.isNewline)
    #expect(csv.count { $0.contains(",llama.cpp,") } == 3)
    #expect(try Binary.run("show", record).out.contains("llama.cpp"))
    #expect(try Binary.run("report", record, "-o", scratch.path("report")).status == 0)
    #expect(scratch.text("report/index.html").contains("llama.cpp"))
  }

  static let failures: [(mode: String, reason: String)] = [
    ("crash", "signal 11"), ("refuse", "status 1; it said: "), ("silent", "never said that its work begins"),
    ("late-crash", "status 7"), ("hang", "did not end within 1 s and was stopped"), ("empty", "wrote no result"),
    ("garbage", "wrote no JSON but: all is well"), ("cut", "is not whole JSON"), ("other", "ran pp0+tg99"),
    ("flood", "more than 1 MiB"),
  ]

  @Test("a program that goes wrong is a failed cell with its reason, and all others run on")
  func failing() throws {
    let scratch = try Scratch()
    let path = try StandIn.install(in: scratch)
    let wrong = Self.failures.map { failure in
      // Long enough for a busy machine, and short where it is waited for.
      let timeout = failure.mode == "hang" ? 1 : 30
      return (
        failure.mode,
        """
        kind = "llama-bench"
        path = "\(path)"
        timeout_seconds = \(timeout)
        args = ["--mode", "\(failure.mode)"]
        """
      )
    }
    let others = [
      ("good", "kind = \"llama-bench\"\npath = \"\(path)\""),
      ("absent", "kind = \"llama-bench\"\npath = \"./no-such-bench\""),
      ("stranger", "kind = \"llama-bench\"\npath = \"true\""),
      ("modelless", "kind = \"llama-bench\"\npath = \"\(path)\"\nmodel = \"no-such.gguf\""),
    ]
    let (result, cells, _) = try run(StandIn.suite(wrong + others, repetitions: 1), in: scratch)
    #expect(result.status == 3)
    for failure in Self.failures {
      #expect(reason(cells[failure.mode]).contains(failure.reason), "\(failure.mode): \(reason(cells[failure.mode]))")
    }
    #expect(reason(cells["crash"]).contains("out of tensors"))
    #expect(reason(cells["absent"]).contains("no such program"))
    #expect(reason(cells["stranger"]).contains("is no llama-bench"))
    #expect(reason(cells["modelless"]).contains("no-such.gguf does not exist"))
    for name in ["good", "tern"] { #expect(samples(cells[name]).count == 1, "\(name): \(reason(cells[name]))") }
  }

  @Test("where a program does not say when it works, the window is the whole process and is not shared out to tokens")
  func wholeProcess() throws {
    let scratch = try Scratch()
    let path = try StandIn.install(in: scratch, isOld: true)
    let (result, cells, _) = try run(
      StandIn.suite([
        ("old", "kind = \"llama-bench\"\npath = \"\(path)\""),
        (
          "command",
          """
          kind = "command"
          command = ["sh", "-c", "sleep 0.2; echo took 50 ms for {generate} tokens"]
          time = 'took ([0-9.]+) ms'
          time_unit = "ms"
          """
        ),
        (
          "speaking",
          """
          kind = "command"
          command = ["sh", "-c", "sleep 3; echo go; sleep 0.2; echo 20.5 tokens/s; sleep 3", "{threads}"]
          begins = '^go$'
          rate = '([0-9.]+) tokens/s'
          """
        ),
      ]), in: scratch)
    #expect(result.status == 0, "\(result.err)")
    for name in ["old", "command"] {
      #expect((cells[name]?["program"] as? Object)?["window"] as? String == "process")
      #expect((cells[name]?["warnings"] as? [String])?.contains("W-fair-window") == true)
      #expect(samples(cells[name]).allSatisfy { sample in !sample.keys.contains { $0.hasSuffix("_per_token") } })
      #expect(samples(cells[name]).allSatisfy { ($0["time_wall_ns"] ?? 0) > ($0["time_program_ns"] ?? 0) })
    }
    for sample in samples(cells["command"]) { #expect(sample["rate_tokens_per_s"] == 80) }
    #expect((cells["command"]?["warnings"] as? [String])?.contains("W-fair-threads") == true)
    for sample in samples(cells["speaking"]) {
      #expect(sample["rate_tokens_per_s"] == 20.5)
      // Far shorter than what lies around it, so that a busy machine may hear of its ends late.
      #expect((2e8..<3e9).contains(sample["time_wall_ns"] ?? 0), "what lies around the work is not in the window")
    }
  }

  @Test("what is not equal is warned about by name")
  func fairness() throws {
    let scratch = try Scratch()
    let path = try StandIn.install(in: scratch)
    func table(_ arguments: String) -> String { "kind = \"llama-bench\"\npath = \"\(path)\"\nargs = [\(arguments)]" }
    let (result, cells, _) = try run(
      StandIn.suite(
        [
          ("even", table("")), ("batch", table("\"-b\", \"1\"")), ("threads", table("\"--say\", \"threads=7\"")),
          ("cache", table("\"--say\", \"cache=q8_0\"")), ("shape", table("\"--say\", \"parameters=500000\"")),
          ("offload", table("\"--say\", \"backends=CUDA\"")), ("attention", table("\"--say\", \"flash=true\"")),
          ("context", table("\"--say\", \"depth=0\"")),
        ], phases: "pp8@d4", kernels: "\"simd\"", repetitions: 1), in: scratch)
    #expect(result.status == 0, "\(result.err)")
    let fair = cells.mapValues { cell in
      Set((cell["warnings"] as? [String] ?? []).filter { $0.hasPrefix("W-fair-") })
        .subtracting(["W-fair-clock", "W-fair-activation"])
    }
    #expect(fair["even"] == [])
    #expect(fair["tern"] == [])
    for (name, id) in [
      ("batch", "batch"), ("threads", "threads"), ("cache", "kv"), ("shape", "shape"), ("offload", "offload"),
      ("attention", "attention"), ("context", "context"),
    ] {
      #expect(fair[name] == ["W-fair-\(id)"])
    }
    #expect(result.err.contains("one token at a time (-b 1)"))
  }

  @Test("Ctrl-C ends the program too, with what it started")
  func interruption() throws {
    let scratch = try Scratch()
    let path = try StandIn.install(in: scratch)
    let suite = try scratch.write(
      "peers.toml",
      StandIn.suite(
        [
          (
            "sleeper",
            "kind = \"command\"\ncommand = [\"sh\", \"-c\", \"echo $$ > \(scratch.path("pid")); \(path) --mode hang\"]\n"
              + "rate = '(x)'"
          )
        ], repetitions: 1))
    let process = try Binary.start(
      ["run", suite, "-o", scratch.path("results")], in: scratch.url, environment: [:], scratch: scratch)
    var waits = 0
    while process.isRunning, scratch.text("pid").isEmpty, waits < 1500 {
      usleep(20_000)
      waits += 1
    }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let pid = try #require(Int32(scratch.text("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
    // Whoever inherits what the program had started reaps it in its own time.
    for _ in 0..<500 where kill(-pid, 0) == 0 { usleep(10_000) }
    #expect(kill(-pid, 0) != 0, "the program's group is gone")
  }
}
