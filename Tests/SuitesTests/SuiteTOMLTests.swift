import Suites
import Testing

@Suite struct SuiteTOMLTests {
  @Test func aSuiteBuiltInCodeDecodesToItself() throws {
    let original = Suite(
      name: "bench", question: "Is \"it\" \\ fast?\n\tYes\u{1}", analysis: nil, order: .sequential, seed: 42,
      meters: ["time", "c*"],
      cases: [
        SuiteCase(
          name: "a 'b' \"c\" é 🦜", models: ["./x y/z", "bitnet-2b-4t"], kernels: ["simd@*"], threads: ["1-8*2", "all"],
          placements: ["free", "pinned"], phases: ["pp512+tg128@d1024"], repetitions: 7, minTimeSeconds: 1e-5,
          iterations: 12, warmup: 0, cooldownSeconds: 1.5, profile: false,
          expectTokensSHA256: String(repeating: "0f", count: 32)),
        SuiteCase(name: "probes", phases: ["probe:read"]),
        SuiteCase(name: "matrices", shapes: ["2048x8192"], kernels: ["*"], phases: ["gemm128"]),
      ])
    let decoded = try SuiteDecoder.decode(text: original.text, path: nil)
    #expect(decoded == original)
    #expect(decoded.toml == original.text)
  }

  @Test func theTextIsWhatAPersonWouldWrite() {
    let suite = Suite(
      name: "bench", cases: [SuiteCase(name: "bench", models: ["m"], kernels: ["simd"], phases: ["tg8"])])
    #expect(
      suite.text == """
        schema = 1
        name = "bench"

        [defaults]
        order = "interleaved"
        seed = 1
        meters = ["*"]
        counters = ["ipc"]
        baseline_seconds = 30.0
        kv = "f32"

        [[case]]
        name = "bench"
        models = ["m"]
        kernels = ["simd"]
        threads = ["all"]
        placements = ["pinned"]
        phases = ["tg8"]
        repetitions = 5
        min_time_seconds = 0.5
        warmup = 2
        cooldown_seconds = 0.0
        profile = true

        """)
  }

  @Test func readingAFileAndWritingItOutAgainKeepsItsMeaning() throws {
    let read = try decode(goodText)
    let written = try SuiteDecoder.decode(text: read.toml, path: "s.toml")
    #expect(written.cases == read.cases && written.order == read.order && written.analysis == read.analysis)
  }
}
