import Foundation
import Meters
import Records
import Testing

@testable import Harness

/// What llama.cpp's llama-bench of 2026 prints with `-o json`, and what bitnet.cpp's of 2024 does.
enum BenchText {
  static let new = """
    [
      {
        "build_commit": "0c1e570", "build_number": 9184, "cpu_info": "A CPU", "gpu_info": "", "backends": "CPU",
        "model_filename": "m.gguf", "model_type": "bitnet 2B TQ2_0 - 2.06 bpw ternary", "model_size": 1,
        "devices": "auto", "model_n_params": 2412820480, "n_batch": 2048, "n_ubatch": 512, "n_threads": 4, "type_k": "f16",
        "type_v": "f16", "n_gpu_layers": 0, "flash_attn": -1, "n_prompt": 0, "n_gen": 128, "n_depth": 0,
        "test_time": "2026-11-21T20:00:00Z", "avg_ns": 2000000000, "stddev_ns": 0, "avg_ts": 64.0, "stddev_ts": 0.0,
        "samples_ns": [ 1990000000, 2010000000 ],
        "samples_ts": [ 64.3, 63.6 ]
      }
    ]
    """
  static let old = """
    [
      {
        "build_commit": "5eb47b72", "build_number": 3947, "cuda": false, "vulkan": false, "blas": true, "cpu_info": "B",
        "gpu_info": "", "model_n_params": 2412820480, "n_batch": 1, "n_ubatch": 512, "n_threads": 2,
        "flash_attn": true, "n_prompt": 512, "n_gen": 0, "samples_ns": [ 3000000000 ]
      }
    ]
    """

  static func job(_ phase: String, repetitions: Int) throws -> ProgramJob {
    ProgramJob(phase: try PhaseRecord(label: phase), threads: 4, cpus: [0], repetitions: repetitions, model: "m.gguf")
  }
}

@Suite struct LlamaBenchResultTests {
  @Test func theJSONOfANewBuildIsRead() throws {
    let result = try LlamaBenchResult.parse(Array(BenchText.new.utf8), name: "peer")
    #expect(result.samplesNs == [1.99e9, 2.01e9])
    #expect(result.buildCommit == "0c1e570" && result.buildNumber == 9184 && result.backends == "CPU")
    #expect(result.modelParameters == 2_412_820_480 && result.threads == 4 && result.depth == 0)
    #expect(result.isFlashAttention == false, "-1 leaves the choice to the program")
    try result.check(against: BenchText.job("tg128", repetitions: 2), name: "peer")
  }

  @Test func anOldBuildHasFewerKeysAndNamesWhatItWasCompiledWith() throws {
    let result = try LlamaBenchResult.parse(Array(BenchText.old.utf8), name: "peer")
    #expect(result.depth == nil && result.typeK == nil && result.backends == "blas")
    #expect(result.isFlashAttention == true && result.batch == 1)
  }

  @Test func linesBeforeTheJSONAreSteppedOver() throws {
    let text = "warning: a [debug] build\nload_backend: loaded\n" + BenchText.new
    #expect(try LlamaBenchResult.parse(Array(text.utf8), name: "peer").generate == 128)
  }

  @Test(arguments: [
    ("", "wrote no result"), ("all is well\n", "wrote no JSON but: all is well"), ("[", "not whole JSON"),
    ("[]", "gave 0 results"), ("[{}]", "has no n_prompt"), ("[1]", "is not llama-bench's"),
    ("[{\"n_prompt\": \"x\", \"n_gen\": 1}]", "is not llama-bench's"), ("{\"n_prompt\": 1}", "wrote no JSON"),
    ("[{\"n_prompt\": 0, \"n_gen\": 128, \"samples_ns\": [-nan]}]", "not whole JSON"),
  ])
  func whatIsNoResultIsRefusedInWords(text: String, reason: String) {
    #expect {
      try LlamaBenchResult.parse(Array(text.utf8), name: "peer")
    } throws: { error in
      "\(error)".contains(reason)
    }
  }

  @Test func theResultOfSomethingElseIsRefused() throws {
    let result = try LlamaBenchResult.parse(Array(BenchText.new.utf8), name: "peer")
    for (phase, repetitions) in [("tg64", 2), ("pp128", 2), ("tg128", 3)] {
      #expect(throws: ProgramFailure.self) {
        try result.check(against: BenchText.job(phase, repetitions: repetitions), name: "peer")
      }
    }
    var zero = result
    zero.samplesNs = [0, 1]
    #expect(throws: ProgramFailure.self) { try zero.check(against: BenchText.job("tg128", repetitions: 2), name: "p") }
  }

  /// Either a result whose times pass the check, or a `ProgramFailure`.
  private func readOrRefuse(_ bytes: [UInt8]) {
    do {
      let result = try LlamaBenchResult.parse(bytes, name: "peer")
      try result.check(against: BenchText.job("tg128", repetitions: 2), name: "peer")
      #expect(result.samplesNs.allSatisfy { $0.isFinite && $0 > 0 })
    } catch is ProgramFailure {
    } catch {
      Issue.record("not a ProgramFailure: \(error)")
    }
  }

  @Test func damagedOutputIsReadOrRefused() {
    let good = Array(BenchText.new.utf8)
    for length in stride(from: 0, to: good.count, by: 7) { readOrRefuse(Array(good[..<length])) }
    let pieces = [
      "[", "]", "{", "}", "\"", ",", ":", "1e999", "-1", "null", "\\u0000", "\u{0}", "é", "99999999999999999999",
    ]
    .map { Array($0.utf8) }
    var random = SystemTestRandom(seed: 158)
    for _ in 0..<600 {
      var bytes = good
      for _ in 0...random.next(3) {
        let place = random.next(bytes.count)
        switch random.next(3) {
        case 0: bytes[place] = UInt8(random.next(256))
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.next(40)))
        default: bytes.insert(contentsOf: pieces[random.next(pieces.count)], at: place)
        }
        if bytes.isEmpty { bytes = [10] }
      }
      readOrRefuse(bytes)
    }
    readOrRefuse(Array(String(repeating: "[", count: 100_000).utf8))
    readOrRefuse(Array(("[" + String(repeating: "{\"a\":", count: 50_000)).utf8))
  }
}

/// A sequence that is the same in every run.
struct SystemTestRandom {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}

@Suite struct LlamaBenchArgumentTests {
  private static let options: Set<String> = ["-p", "-n", "-pg", "-d", "-t", "-r", "-o", "-ngl", "--progress"]

  private func bench(_ options: Set<String> = options, extra: [String] = []) throws -> LlamaBench {
    LlamaBench(name: "peer", program: try Program(["sh"]), extra: extra, options: options)
  }

  @Test(arguments: [
    ("tg128", ["-p", "0", "-n", "128"]), ("pp512", ["-p", "512", "-n", "0"]),
    ("pp512+tg128", ["-p", "0", "-n", "0", "-pg", "512,128"]), ("tg128@d1024", ["-p", "0", "-n", "128", "-d", "1024"]),
  ])
  func aPhaseBecomesTheProgramsOptions(phase: String, own: [String]) throws {
    let arguments = try bench().program(BenchText.job(phase, repetitions: 3)).arguments
    #expect(
      arguments == ["sh", "-m", "m.gguf", "-t", "4", "-r", "3", "-o", "json"] + own + ["--progress", "-ngl", "0"])
  }

  @Test func whatABuildDoesNotKnowIsNotAskedOfIt() throws {
    let old = try bench(Self.options.subtracting(["-d", "--progress", "-ngl"]))
    #expect(old.windowReason?.contains("--progress") == true)
    #expect(!(try old.canRepeat(PhaseRecord(label: "tg8"))))
    #expect(try !old.program(BenchText.job("tg8", repetitions: 1)).arguments.contains("-ngl"))
    #expect {
      try old.program(BenchText.job("tg8@d16", repetitions: 1))
    } throws: { error in
      "\(error)" == "this build of peer has no option -d, which tg8@d16 needs"
    }
  }

  @Test func theSuitesOwnOptionsStand() throws {
    let arguments = try bench(extra: ["-ngl", "99", "-fa", "0"]).program(BenchText.job("tg8", repetitions: 1)).arguments
    #expect(arguments.suffix(4) == ["-ngl", "99", "-fa", "0"] && arguments.count { $0 == "-ngl" } == 1)
  }

  @Test func onlyTheFirstMeasuredRunOpensTheWindow() throws {
    let bench = try bench()
    #expect(bench.opens(on: "llama-bench: benchmark 1/1: generation run 1/5"))
    #expect(bench.opens(on: "llama-bench: benchmark 1/1: prompt run 1/1"))
    for line in [
      "llama-bench: benchmark 1/1: starting", "llama-bench: benchmark 1/1: warmup prompt run",
      "llama-bench: benchmark 1/1: depth run 1/5", "llama-bench: benchmark 1/1: generation run 2/5", "prompt run 1/1",
    ] { #expect(!bench.opens(on: line), "\(line)") }
  }

  @Test func aDeepContextIsNotRepeatedInsideAWindow() throws {
    #expect(!(try bench().canRepeat(PhaseRecord(label: "tg8@d16"))))
    #expect(try bench().canRepeat(PhaseRecord(label: "tg8")))
  }
}
