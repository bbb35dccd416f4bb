import Foundation
import Testing

@testable import Records

@Suite struct TimeBreakdownTests {
  @Test func theFixtureHoldsOneAndOlderCellsHoldNone() throws {
    let record = try RecordCodec.decode(try fixture())
    let breakdown = try #require(record.cells[1].timeBreakdown)
    #expect(breakdown.tokens == 8 && breakdown.forkJoins == 3856)
    // The order in which they run, not the file's: every operation of a transformer, and none of another model.
    let known = ForwardOperation.all.map(\.name).filter { breakdown.timeByOperationNs[$0] != nil }
    #expect(breakdown.operations.map(\.name) == known && known.count == 13)
    #expect(breakdown.timeBetweenNs == 552_655)
    #expect(record.cells.map { $0.timeBreakdown == nil } == [true, false, true, true, true])
    #expect(record.overhead?.timeProfileNs == 200_750_000)
  }

  @Test func namesAreUniqueAndInOrder() {
    #expect(Set(ForwardOperation.all.map(\.name)).count == ForwardOperation.all.count)
    #expect(Set(ForwardOperation.all.map(\.title)).count == ForwardOperation.all.count)
    #expect(ForwardOperation.all.first?.name == "embedding" && ForwardOperation.all.last?.name == "head")
  }

  @Test func anOperationOfALaterBuildStandsBehindThoseThatAreKnown() {
    let breakdown = TimeBreakdownRecord(
      tokens: 1, timeWallNs: 10, timeByOperationNs: ["zeta": 1, "head": 2, "alpha": 3, "qkv": 4], forkJoins: 0)
    #expect(breakdown.operations.map(\.name) == ["qkv", "head", "alpha", "zeta"])
    #expect(breakdown.operations.map(\.kind) == [.products, .head, .other, .other])
    #expect(breakdown.timeBetweenNs == 0)
  }

  @Test(arguments: [
    ("\"tokens\" : 8", "\"tokens\" : 0", "time_breakdown.tokens: 0 is not between 1 and"),
    ("\"fork_joins\" : 3856", "\"fork_joins\" : -1", "time_breakdown.fork_joins: -1 is not between 0 and"),
    ("\"head\" : 61356820", "\"head\" : -1", "time_breakdown.time_by_operation_ns.head: -1 is not between 0 and"),
    ("\"head\" : 61356820", "\"head\" : 200500000", "is not between 0 and"),
    ("\"head\" : 61356820", "\"head\" : \"much\"", "time_by_operation_ns.head: not a whole number in range."),
    ("\"time_wall_ns\" : 200456138", "\"time_wall_ns\" : 0", "time_breakdown.time_wall_ns: 0 is not between 1 and"),
    ("\"time_wall_ns\" : 200456138", "\"time_wall_ns\" : 99999999999999999", "time_breakdown.time_wall_ns: "),
    ("\"time_profile_ns\" : 200750000", "\"time_profile_ns\" : -3", "overhead.time_profile_ns: -3 is not between"),
  ])
  func whatNoPassCanTakeIsRefused(old: String, new: String, message: String) throws {
    let data = try fixtureText(replacing: old, with: new)
    #expect {
      try RecordCodec.decode(data, file: "r.json")
    } throws: { error in
      "\(error)".contains(message)
    }
  }
}
