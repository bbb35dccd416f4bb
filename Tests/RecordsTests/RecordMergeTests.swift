import Foundation
import Testing

@testable import Records

@Suite struct RecordMergeTests {
  let whole: RunRecord

  init() throws { whole = try RecordCodec.decode(try fixture()) }

  /// Three shards of the fixture's five cells, the second empty, one after the other.
  func shards() throws -> [RunRecord] {
    zip(1..., [[1, 4], [], [0, 2, 3]]).map { shard($0, positions: $1) }
  }

  func shard(_ index: Int, positions: [Int]) -> RunRecord {
    var record = whole
    record.id = "shard-\(index)"
    record.startedAt = "2026-11-20T2\(index):00:00Z"
    record.finishedAt = "2026-11-20T2\(index):30:00Z"
    record.schedule.shard = ShardRecord(count: 3, indices: [index], cellsTotal: 5, positions: positions)
    record.cells = positions.map { whole.cells[$0] }
    record.command = ["tern", "run", "decode", "--shard", "\(index)/3"]
    return record
  }

  func merge(_ records: [RunRecord], allowed: Set<String> = []) throws -> RunRecord {
    try RecordMerge(records.map { .init(file: "\($0.id).json", record: $0) }, allowed: allowed).merged()
  }

  @Test func theUnionOfTheShardsIsTheWholeInItsOrder() throws {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
      let merged = try merge(order.map { try shards()[$0] })
      #expect(merged.cells == whole.cells)
      #expect(merged.schedule == whole.schedule && merged.suite == whole.suite && merged.machine == whole.machine)
      #expect(merged.tool == whole.tool && merged.meters == whole.meters && merged.status == .complete)
      #expect(merged.startedAt == "2026-11-20T21:00:00Z" && merged.finishedAt == "2026-11-20T23:30:00Z")
      #expect(merged.id == "2026-11-20T21-00-00Z-decode-merged-1a2b3c4")
      #expect(merged.parts?.map(\.shard) == ["1/3", "2/3", "3/3"])
      #expect(merged.parts?.map(\.positions) == [[1, 4], [], [0, 2, 3]])
      #expect(merged.parts?[2].command == ["tern", "run", "decode", "--shard", "3/3"])
      #expect(merged.warnings.map(\.id) == whole.warnings.map(\.id) + ["W-merged"])
      #expect(merged.overhead?.timeMeasuredNs == 3 * (try #require(whole.overhead?.timeMeasuredNs)))
      #expect(try RecordCodec.decode(try RecordCodec.encode(merged)) == merged)
    }
  }

  @Test func mergingInTwoStepsGivesTheSame() throws {
    let parts = try shards()
    let twoSteps = try merge([try merge([parts[2], parts[0]]), parts[1]])
    #expect(twoSteps == (try merge(parts)))
  }

  @Test func missingShardsAreNamed() throws {
    let merged = try merge([try shards()[0], try shards()[1]])
    #expect(merged.schedule.shard == ShardRecord(count: 3, indices: [1, 2], cellsTotal: 5, positions: [1, 4]))
    #expect(merged.warning("W-shards")?.message == "missing shards: 3/3, with 3 of the suite's 5 cells")
    #expect(merged.schedule.shard?.label == "1, 2 of 3")
    #expect(try RecordCodec.decode(try RecordCodec.encode(merged)) == merged)
  }

  @Test func shardsThatDidNotEndAreNamed() throws {
    var parts = try shards()
    parts[0].status = .interrupted
    parts[0].cells[0].outcome = .pending
    parts[2].status = .running
    parts[2].finishedAt = nil
    let merged = try merge(parts)
    #expect(merged.status == .interrupted && merged.finishedAt == nil)
    #expect(
      merged.warning("W-shards-unfinished")?.message
        == "did not run to the end: shard 1/3, shard 3/3; not run: 1 of 5 cells")
  }

  @Test func shardsThatRanAtOnceAreAVeto() throws {
    var parts = try shards()
    parts[2].startedAt = "2026-11-20T21:29:59Z"
    let warning = try #require(try merge(parts).warning("W-shards-overlap"))
    #expect(warning.isVeto && warning.message.hasSuffix("shard 1/3 and shard 3/3"))
    parts[2].startedAt = "2026-11-20T21:30:00Z"
    #expect(try merge(parts).warning("W-shards-overlap") == nil)
  }

  @Test func warningsAreMergedByIdAndTheHeaviestStays() throws {
    var parts = try shards()
    parts[0].warnings = [WarningRecord(id: "W-turbo", message: "light", fix: nil)]
    parts[1].warnings = []
    parts[2].warnings = [
      WarningRecord(id: "W-turbo", message: "heavy", fix: nil, severity: .veto),
      WarningRecord(id: "W-load", message: "busy", fix: nil),
    ]
    let merged = try merge(parts)
    #expect(merged.warnings.map(\.id) == ["W-turbo", "W-load", "W-merged"] && merged.warnings[0].message == "heavy")
  }

  @Test func aMeterThatOneShardCouldNotReadIsNamed() throws {
    var parts = try shards()
    let energy = try #require(parts[0].meters.firstIndex { $0.id == "time" })
    parts[0].meters[energy].available = false
    let merged = try merge(parts)
    #expect(merged.warning("W-meters")?.message.hasSuffix(": time") == true)
    #expect(merged.meters == whole.meters)
  }

  @Test func aMachineThatChangedBetweenShardsIsNamed() throws {
    var parts = try shards()
    parts[2].machine.kernelRelease = "6.13.0"
    parts[2].machine.loadAverage1m = 7
    #expect(
      try merge(parts).warning("W-machine-changed")?.message == "not the same in every shard: the kernel's release")
  }

  @Test func buildsAreMixedOnlyWhenAllowed() throws {
    var parts = try shards()
    parts[1].tool.commit = "fedcba9876543210fedcba9876543210fedcba98"
    #expect {
      try merge(parts)
    } throws: {
      "\($0)".hasPrefix("shard-1.json was measured by 0.1.0, commit 1a2b3c4d5e6f") && "\($0)".contains("fedcba987654")
        && "\($0)".hasSuffix("--allow W-builds.")
    }
    let merged = try merge(parts, allowed: ["W-builds"])
    #expect(merged.tool.commit == nil && merged.tool.swift == whole.tool.swift && merged.warning("W-builds") != nil)
    #expect(merged.parts?[1].tool.commit == parts[1].tool.commit)
  }

  @Test func whatDoesNotBelongTogetherIsRefusedByName() throws {
    let damages: [(String, (inout RunRecord) -> Void)] = [
      ("is of the suite \"decode\" and", { $0.suite.name = "other" }),
      ("the suite \"decode\" was changed between", { $0.suite.sha256 = "00" }),
      ("different seeds", { $0.schedule.seed = 7 }),
      ("was measured on amd-epyc-7b13-a1f3 and", { $0.machine.name = "other" }),
      ("machines are not mixed", { $0.machine.hostHash = "00" }),
      ("is shard 1/3 and shard-3.json is shard 3/4", { $0.schedule.shard?.count = 4 }),
      ("has 5 cells in shard-1.json and 6 in", { $0.schedule.shard?.cellsTotal = 6 }),
      ("have the same place", { $0.schedule.shard?.positions = [0, 1, 3] }),
      ("shard 1/3 is in shard-1.json and in shard-3.json", { $0.schedule.shard?.indices = [1] }),
    ]
    for (message, damage) in damages {
      var parts = try shards()
      damage(&parts[2])
      #expect {
        try merge([parts[0], parts[2]])
      } throws: { "\($0)".contains(message) }
    }
    #expect(throws: MergeError.self) { try merge([]) }
  }

  @Test func theSameCellTwiceIsRefusedByName() throws {
    let parts = try shards()
    #expect {
      try merge([parts[0], parts[0]])
    } throws: {
      "\($0)".hasPrefix("the cell \(whole.cells[1].id) is in shard-1.json and in shard-1.json, which both hold")
    }
    var again = whole
    again.id = "again"
    again.startedAt = "2026-11-21T00:00:00Z"
    #expect {
      try merge([whole, again])
    } throws: { "\($0)".hasPrefix("the cell \(whole.cells[0].id) is in") && "\($0)".contains("again.json") }
    #expect(throws: MergeError.self) { try merge([whole, parts[1]]) }
  }

  @Test func oneRecordStaysWhatItIs() throws {
    let merged = try merge([whole])
    #expect(merged.cells == whole.cells && merged.warnings == whole.warnings && merged.schedule == whole.schedule)
  }
}
