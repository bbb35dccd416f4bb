import Records
import Sinks
import Statistics
import Testing

@Suite struct CeilingsTests {
  /// A record of cells that took their rates in three rounds, in which the machine had different moments.
  private func record(_ cells: CellRecord...) -> RunRecord {
    var record = try! fixture()
    record.cells = cells
    return record
  }

  private func cell(
    _ label: String, threads: Int = 2, placement: String = "pinned", _ metrics: [[String: Double]],
    iterations: Int = 1
  ) throws -> CellRecord {
    CellRecord(
      id: "\(label)/\(threads)/\(placement)", caseName: "c",
      model: ModelIdentity(
        name: "m", format: "synthetic", parameters: 3_000_000, ternaryParameters: 1_000_000, head: "f16"),
      kernel: KernelIdentity(name: "simd", isa: "avx2"), threads: threads, placement: placement,
      phase: try PhaseRecord(label: label), outcome: .ok,
      samples: metrics.enumerated().map { repetition, metrics in
        SampleRecord(
          repetition: repetition, positionInRun: repetition, startedAt: "", iterations: iterations, metrics: metrics)
      })
  }

  private func bytes(_ rates: Double...) -> [[String: Double]] { rates.map { ["rate_bytes_per_s": $0] } }
  private func macs(_ rates: Double...) -> [[String: Double]] { rates.map { ["rate_macs_per_s": $0] } }

  @Test(
    "one vector is held against memory and many against int8 products", arguments: ["gemv", "head", "tg8", "tg8@d4"])
  func memoryBound(label: String) throws {
    let cell = try cell(label, bytes(9, 16, 21))
    let ceilings = Ceilings(record(cell, try self.cell("probe:read", bytes(10, 20, 30))))
    let fraction = try #require(ceilings.fraction(of: cell))
    // Ratios by round are 0.9, 0.8, 0.7: a ratio of means would be 0.77.
    #expect(abs(fraction.ratio - 0.8) < 0.01 && fraction.pairs == 3)
    #expect(ceilings.fraction(of: cell.samples[2], in: cell) == 0.7)
  }

  @Test("batches are held against int8 products")
  func arithmeticBound() throws {
    let cell = try cell("gemm16", macs(50, 50))
    let ceilings = Ceilings(record(cell, try self.cell("probe:int8", macs(100, 100))))
    #expect(abs(try #require(ceilings.fraction(of: cell)).ratio - 0.5) < 1e-12)
  }

  @Test("a prompt counts its ternary products alone, iteration by iteration")
  func promptsCountTernaryWeights() throws {
    // 1e6 weights × 4 tokens × 3 iterations in 1 ms are 1.2e10 per second; the rate in the record has the head in it.
    let cell = try cell("pp4", [["time_wall_ns": 1e6, "rate_macs_per_s": 9e10]], iterations: 3)
    let ceilings = Ceilings(record(cell, try self.cell("probe:int8", macs(2.4e10))))
    #expect(abs(try #require(ceilings.fraction(of: cell)).ratio - 0.5) < 1e-12)
  }

  @Test("nothing is claimed without the probe of the same threads and placement, or of what nothing bounds")
  func absences() throws {
    let gemv = try cell("gemv", bytes(5))
    let probe = try cell("probe:read", bytes(10))
    #expect(Ceilings(record(gemv)).fraction(of: gemv) == nil)
    for other in [
      try cell("probe:read", threads: 1, bytes(10)), try cell("probe:read", placement: "free", bytes(10)),
      try cell("probe:int8", macs(10)), try cell("probe:read", bytes(0)), try cell("probe:read", bytes(.nan)),
      try cell("probe:read", []),
    ] { #expect(Ceilings(record(gemv, other)).fraction(of: gemv) == nil) }
    for label in ["pp4+tg4", "head32", "probe:read"] {
      let cell = try cell(label, bytes(5))
      #expect(Ceilings(record(cell, probe)).fraction(of: cell) == nil)
    }
  }

  @Test("a cell that failed, and a probe that did, give no fraction")
  func failuresDoNotCount() throws {
    var cell = try cell("gemv", bytes(5))
    var probe = try self.cell("probe:read", bytes(10))
    cell.outcome = .failed(reason: "wrong")
    #expect(Ceilings(record(cell, probe)).fraction(of: cell) == nil)
    cell.outcome = .ok
    cell.check = CheckRecord(expected: "a", got: "b")
    #expect(Ceilings(record(cell, probe)).fraction(of: cell) == nil)
    cell.check = nil
    #expect(Ceilings(record(cell, probe)).fraction(of: cell) != nil)
    probe.outcome = .failed(reason: "broken")
    #expect(Ceilings(record(cell, probe)).fraction(of: cell) == nil)
  }

  @Test("tables and flat files show fractions where a record has them, and are as before where it has none")
  func tablesShowThem() throws {
    let cell = try cell("gemv", bytes(9, 8))
    let with = record(cell, try self.cell("probe:read", bytes(10, 10)))
    let markdown = String(decoding: try MarkdownSink().render([with]), as: UTF8.self)
    #expect(markdown.contains("| rate | of ceiling |\n") && markdown.contains(" | 0.849 |\n"), "\(markdown)")
    let csv = String(decoding: try CSVSink().render([with]), as: UTF8.self)
    let lastFields = csv.split(separator: "\n").compactMap { $0.split(separator: ",").last.map { String($0) } }
    #expect(Array(lastFields.prefix(3)) == ["fraction_of_ceiling", "0.9", "0.8"])
    let without = record(cell)
    #expect(!String(decoding: try MarkdownSink().render([without]), as: UTF8.self).contains("ceiling"))
    #expect(!String(decoding: try CSVSink().render([without]), as: UTF8.self).contains("ceiling"))
  }
}
