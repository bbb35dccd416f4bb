import Foundation
import Records
import Testing

@testable import Compare

@Suite struct RecordComparisonTests {
  /// A record of cells with one metric each; ids to values.
  static func record(_ cells: [String: [Double]], metric: String = "rate_tokens_per_s") throws -> RunRecord {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "RecordsTests/Fixtures/schema-2.json")
    var record = try RecordCodec.decode(try Data(contentsOf: url))
    let template = try #require(record.cells.first { $0.outcome == .ok && $0.model != nil })
    let sample = try #require(template.samples.first)
    record.cells = cells.sorted { $0.key < $1.key }.map { id, values in
      var cell = template
      cell.id = id
      cell.samples = values.map { value in
        var sample = sample
        (sample.metrics, sample.vetoes, sample.iterations) = ([metric: value], nil, 4)
        return sample
      }
      return cell
    }
    return record
  }

  static func compare(_ base: RunRecord, _ head: RunRecord, _ metric: String = "rate_tokens_per_s") throws
    -> RecordComparison
  {
    let metric = try #require(Metric.named(metric))
    return try RecordComparison(base: base, head: head) { _ in [metric] }
  }

  static func values(_ centre: Double) -> [Double] { (0..<8).map { centre * (1 + 0.001 * Double($0)) } }

  @Test func differencesAreSortedBySizeAndTheRestSaysWhatItAllows() throws {
    let base = try Self.record(["a": Self.values(10), "b": Self.values(10), "c": Self.values(10), "few": [10, 11]])
    let head = try Self.record(["a": Self.values(11), "b": Self.values(5), "c": Self.values(10.01), "few": [20, 21]])
    let comparison = try Self.compare(base, head)
    #expect(comparison.different.map(\.cell) == ["b", "a"])
    #expect(comparison.different.map(\.isBetter) == [false, true])
    #expect(isClose(comparison.different[1].ratio, 1.1, 1e-9))
    #expect(comparison.same.map(\.cell) == ["c", "few"] && comparison.same[1].interval == nil)
    #expect(isClose(comparison.same[0].visibleShare, 0.005, 0.004))
  }

  /// Windows are calibrated apart: what covers them is compared per iteration.
  @Test func totalsOfWindowsAreTakenPerIteration() throws {
    let base = try Self.record(["a": Self.values(100)], metric: "time_wall_ns")
    var head = try Self.record(["a": Self.values(200)], metric: "time_wall_ns")
    for sample in head.cells[0].samples.indices { head.cells[0].samples[sample].iterations = 8 }
    let comparison = try Self.compare(base, head, "time_wall_ns")
    #expect(isClose(comparison.same.first?.ratio, 1, 1e-9) && isClose(comparison.same.first?.baseMedian, 25, 0.2))
  }

  @Test func vetoedRepetitionsAreLeftOutAndWhatIsMissingIsNamed() throws {
    let base = try Self.record(["a": Self.values(10), "b": Self.values(10), "c": Self.values(10), "gone": [1]])
    var head = try Self.record(["a": Self.values(10), "b": Self.values(10), "c": Self.values(10), "new": [1]])
    for sample in head.cells[0].samples.indices { head.cells[0].samples[sample].vetoes = ["W-steal"] }
    head.cells[1].samples[0].vetoes = ["W-steal"]
    head.cells[2].outcome = .failed(reason: "wrong tokens")
    let comparison = try Self.compare(base, head)
    #expect(comparison.same.map(\.headCount) == [7])
    #expect(
      comparison.omissions.map { "\($0.cell): \($0.reason)" } == [
        "a: every repetition of the head with rate_tokens_per_s was vetoed (W-steal)",
        "c: failed in the head: wrong tokens", "gone: only in the base", "new: only in the head",
      ])
  }

  @Test func whatChangedBetweenTheRunsIsSaid() throws {
    let base = try Self.record(["a": Self.values(10)])
    var head = base
    head.machine.kernelRelease = "9.9.9"
    head.machine.settings["numa_balancing"] = "2"
    head.status = .interrupted
    head.tool.commit = "feed"
    let warnings = try Self.compare(base, head).warnings.joined(separator: "\n")
    #expect(warnings.contains("two runs") && warnings.contains("9.9.9 (head)") && warnings.contains("numa_balancing"))
    #expect(warnings.contains("interrupted, not complete") && !warnings.contains("one commit"))
  }
}
