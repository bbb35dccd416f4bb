import Foundation
import Machine
import Records
import Suites
import Testing

@testable import Harness

@Suite struct GateLetterTests {
  private func cells(_ toml: String) throws -> (suite: Suite, cells: [Cell]) {
    let suite = try SuiteDecoder.decode(text: toml, path: nil)
    return (suite, try Plan(suite: suite, machine: Machine()).cells)
  }

  @Test("the suite of a letter expands to that cell and nothing else, with the iterations that were asked for")
  func letterIsTheCell() throws {
    let (suite, cells) = try cells(
      """
      schema = 1
      name = "t"
      [[case]]
      name = "a"
      shapes = ["256x512"]
      kernels = ["naive", "simd"]
      threads = [1, 2]
      placements = ["free", "pinned"]
      phases = ["gemv", "gemm4"]
      [[case]]
      name = "b"
      models = ["paper-125m:q8_0"]
      kernels = ["simd@portable"]
      threads = 1
      phases = ["tg4@d8", "head"]
      """)
    #expect(cells.count == 18)
    for cell in cells {
      let letter = GateLetter(cell, of: suite, settings: .init(meters: ["time"], iterations: 3, warmup: 1))
      // What the process reads is the text.
      let read = try SuiteDecoder.decode(text: letter.suite.text, path: nil)
      let alone = try Plan(suite: read, machine: Machine()).cells
      #expect(alone.map(\.id) == [cell.id])
      #expect(alone.first?.iterations == 3 && alone.first?.warmup == 1 && alone.first?.repetitions == 1)
      #expect(alone.first?.profile == false, "a pass that no window sees would be run for nothing")
      #expect(read.baselineSeconds == 0)
    }
  }

  @Test("a cell with one thread has the id that a suite would give it")
  func oneThread() throws {
    let (_, cells) = try cells(
      """
      schema = 1
      name = "t"
      [[case]]
      name = "a"
      shapes = ["256x512"]
      kernels = ["naive"]
      threads = [1, 2, 12]
      phases = ["gemv"]
      """)
    #expect(Set(cells.map(\.withOneThread.id)) == ["256x512/naive@portable/t1/pinned/gemv"])
    #expect(cells.allSatisfy { $0.withOneThread.threads == 1 })
  }
}

@Suite struct GateMeasurementTests {
  private let letter: GateLetter

  init() throws {
    let suite = try SuiteDecoder.decode(
      text: """
        schema = 1
        name = "t"
        [[case]]
        name = "a"
        shapes = ["256x512"]
        kernels = ["naive"]
        threads = 1
        phases = ["gemv"]
        """, path: nil)
    let cell = try #require(try Plan(suite: suite, machine: Machine()).cells.first)
    letter = GateLetter(cell, of: suite, settings: .init(meters: ["time"], iterations: 5))
  }

  private func record(_ change: (inout CellRecord) -> Void = { _ in }) throws -> RunRecord {
    let plan = try Plan(suite: letter.suite, machine: Machine())
    var record = RunRecord(
      plan: plan, machine: Machine().record(isa: []), warnings: [], tool: Rig.tool, command: ["tern"], meters: [])
    record.cells[0].outcome = .ok
    record.cells[0].facts = ["tokens_per_iteration": 4, "bytes_per_iteration": 1000]
    record.cells[0].samples = [
      SampleRecord(
        repetition: 0, positionInRun: 0, startedAt: "2026-01-01T00:00:00Z", iterations: 5,
        metrics: [
          "time_wall_ns": 2000, "counter_instructions": 400, "energy_package_j_per_token": 3,
          "energy_cpu_mem_j_per_token": 4,
        ], vetoes: ["W-steal"])
    ]
    change(&record.cells[0])
    return record
  }

  @Test("amounts are per token, and of the energies the widest is taken")
  func values() throws {
    let seen = try GateMeasurement(try record(), of: letter, by: "head", iterations: 5)
    #expect(
      seen.values == [
        "time_wall_ns_per_token": 100, "counter_instructions_per_token": 20, "energy_cpu_mem_j_per_token": 4,
        "proxy_weight_bytes_per_token": 250,
      ])
    #expect(seen.vetoes == ["W-steal"] && seen.tokens == 20)
    for name in seen.values.keys { #expect(Metric.named(name)?.better == .lower, "\(name)") }
  }

  @Test("a record that cannot be compared is refused with the side and the reason")
  func refusals() throws {
    func refused(_ words: String, iterations: Int? = 5, _ change: (inout CellRecord) -> Void) throws {
      let record = try record(change)
      let error = #expect(throws: LetterFailure.self) {
        try GateMeasurement(record, of: letter, by: "head", iterations: iterations)
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      #expect(error?.description.hasPrefix("head") == true)
    }
    try refused("iterations", iterations: 6) { _ in }
    try refused("the cell other") { $0.id = "other" }
    try refused("output differs") { $0.outcome = .failed(reason: "output differs") }
    try refused("before its window") { $0.outcome = .pending }
    try refused("wall time") { $0.samples = [] }
    try refused("tokens") { $0.facts = [:] }
    let skipped = try record { $0.outcome = .skipped(reason: "needs avx512") }
    #expect(throws: CellSkip.self) { try GateMeasurement(skipped, of: letter, by: "head", iterations: 5) }
  }
}
