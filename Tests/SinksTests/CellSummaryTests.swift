import Records
import Sinks
import Statistics
import Testing

@Suite struct CellSummaryTests {
  @Test func aDecodeIsSummarised() throws {
    let cell = try fixture().cells[1]
    let summary = CellSummary(cell)
    let rate = try #require(summary.rate)
    #expect(summary.headline.name == "rate_tokens_per_s" && rate.count == 3)
    #expect(abs(rate.mean - 39.84) < 0.02)
    let latency = try #require(summary.tokenLatency)
    #expect(latency.count == 72 && latency.p50Ms <= latency.p90Ms && latency.p90Ms <= latency.p99Ms)
    #expect(abs(latency.p50Ms - 25.1) < 0.3)
  }

  @Test func percentilesAreType7() throws {
    let latency = try #require(TokenLatency((1...100).map { $0 * 1_000_000 }))
    // np.quantile(np.arange(1, 101), [.5, .9, .99])
    #expect(abs(latency.p50Ms - 50.5) < 1e-9 && abs(latency.p90Ms - 90.1) < 1e-9 && abs(latency.p99Ms - 99.01) < 1e-9)
    #expect(TokenLatency([]) == nil)
  }

  @Test func aMetricPerTokenIsDividedByAllTokensOfTheWindow() throws {
    var cell = try fixture().cells[1]
    for index in cell.samples.indices { cell.samples[index].metrics["energy_package_j"] = 48 }
    // 8 tokens, 3 times.
    #expect(CellSummary(cell).perToken("energy_package_j")?.mean == 2)
    #expect(CellSummary(try fixture().cells[0]).perToken("time_wall_ns") == nil)
  }

  @Test func aFailedOrSkippedCellHasNoRate() throws {
    var cell = try fixture().cells[1]
    cell.outcome = .failed(reason: "wrong")
    #expect(CellSummary(cell).rate == nil && CellSummary(cell).tokenLatency == nil)
    #expect(ResultRow(cell).rate == "–" && ResultRow(cell).note == "failed: wrong")
  }

  @Test(arguments: [
    ("tg8", "rate_tokens_per_s"), ("gemv", "rate_bytes_per_s"), ("gemm8", "rate_macs_per_s"),
    ("head", "rate_bytes_per_s"),
    ("probe:read", "rate_bytes_per_s"), ("probe:int8", "rate_macs_per_s"),
  ])
  func eachKindOfPhaseHasItsHeadline(label: String, metric: String) throws {
    var cell = try fixture().cells[1]
    cell.phase = try PhaseRecord(label: label)
    #expect(CellSummary(cell).headline.name == metric)
  }

  @Test func aWrongOutputIsNotedBesideTheRate() throws {
    var cell = try fixture().cells[1]
    cell.check = CheckRecord(expected: "a", got: "b")
    #expect(ResultRow(cell).note == "the output is not the expected one" && ResultRow(cell).rate != "–")
  }
}
