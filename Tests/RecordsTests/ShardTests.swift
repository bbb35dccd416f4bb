import Foundation
import Testing

@testable import Records

@Suite struct ShardTests {
  /// Ids as suites make them: they differ in a digit or two.
  static let ids = ["bitnet-2b-4t", "paper-125m", "falcon3-1b"].flatMap { model in
    ["simd@avx2", "simd@portable", "f16@avx2", "lut@avx2"].flatMap { kernel in
      (1...32).flatMap { threads in ["pp512", "tg128"].map { "\(model)/\(kernel)/t\(threads)/pinned/\($0)" } }
    }
  }

  @Test(arguments: [1, 2, 3, 7, 32, 1000]) func everyCellIsInExactlyOneShard(count: Int) throws {
    let shards = try (1...count).map { try Shard("\($0)/\(count)") }
    for id in Self.ids.prefix(20) { #expect(shards.filter { $0.holds(id) }.count == 1) }
    #expect(Set(Self.ids.map { Shard.index(of: $0, count: count) }).isSubset(of: Set(1...count)))
  }

  @Test(arguments: [2, 3, 8, 16]) func shardsAreAsEqualAsFairDiceMakeThem(count: Int) {
    let sizes = Dictionary(grouping: Self.ids) { Shard.index(of: $0, count: count) }.mapValues(\.count)
    let mean = Double(Self.ids.count) / Double(count)
    // Five standard deviations of a binomial: what one fair hash in a million exceeds.
    let most = 5 * (mean * (1 - 1 / Double(count))).squareRoot()
    for index in 1...count { #expect(abs(Double(sizes[index] ?? 0) - mean) < most, "shard \(index)") }
  }

  @Test func oneShardMoreMovesCellsToItAlone() {
    for count in 1..<20 {
      let moved = Self.ids.filter { Shard.index(of: $0, count: count) != Shard.index(of: $0, count: count + 1) }
      #expect(moved.allSatisfy { Shard.index(of: $0, count: count + 1) == count + 1 })
      #expect(moved.count < 2 * Self.ids.count / (count + 1))
    }
  }

  /// Records of a year ago must still be complements of those of today.
  @Test func theAssignmentIsFrozen() {
    let indices = (1...12).map { Shard.index(of: "paper-125m/simd@avx2/t\($0)/pinned/tg4", count: 5) }
    #expect(indices == Self.frozen)
  }
  static let frozen = [4, 4, 5, 4, 1, 1, 4, 2, 5, 2, 2, 1]

  @Test func aShardIsReadAndWritten() throws {
    let shard = try Shard("2/3")
    #expect(shard.index == 2 && shard.count == 3 && shard.label == "2/3")
    #expect(try Shard("1/1").holds("anything"))
  }

  static let refusals =
    [
      ("0/3", "there is no shard 0/3: they are numbered from 1/3 to 3/3"),
      ("4/3", "there is no shard 4/3: they are numbered from 1/3 to 3/3"),
      ("2/1", "there is no shard 2/1: 1/1 is the only one"),
      ("1/0", "1/0: a suite is divided into 1 to 100000 shards"),
      ("1/100001", "1/100001: a suite is divided into 1 to 100000 shards"),
    ]
    + ["x/y", "", "3", "1/2/3", "-1/3", "+1/3", " 1/3", "1/ 3", "٢/٣", "1/99999999999999999999", "/", "1/"].map {
      ($0, "\"\($0)\" is no shard: two whole numbers are needed, as in 2/3 for the second of three")
    }

  @Test(arguments: refusals) func whatIsNoShardIsRefused(text: String, message: String) {
    #expect {
      try Shard(text)
    } throws: { "\($0)" == message }
  }

  @Test(arguments: [
    ([2], "2/9"), ([1, 3], "1, 3 of 9"), ([1, 2], "1, 2 of 9"), ([1, 2, 3, 7, 8], "1 to 3, 7, 8 of 9"),
    (Array(1...9), "1 to 9 of 9"),
  ])
  func manyShardsAreFewWords(indices: [Int], label: String) {
    #expect(ShardRecord.label(of: indices, count: 9) == label)
  }

  @Test func aRecordOfAShardReadsBackAndADamagedOneIsRefused() throws {
    var record = try RecordCodec.decode(try fixture())
    let shard = ShardRecord(count: 3, indices: [2], cellsTotal: 9, positions: [0, 2, 3, 7, 8])
    record.schedule.shard = shard
    #expect(shard.label == "2/3" && shard.missing == [1, 3])
    #expect(try RecordCodec.decode(try RecordCodec.encode(record)) == record)

    let damages: [(inout ShardRecord) -> Void] = [
      { $0.count = 0 }, { $0.count = .max }, { $0.indices = [] }, { $0.indices = [4] }, { $0.indices = [2, 2] },
      { $0.positions = [0] }, { $0.positions = [0, 2, 3, 7, 9] }, { $0.positions = [0, 2, 2, 7, 8] },
      { $0.cellsTotal = 4 }, { $0.cellsTotal = .max },
    ]
    for damage in damages {
      record.schedule.shard = shard
      damage(&record.schedule.shard!)
      let data = try RecordCodec.encode(record)
      #expect {
        try RecordCodec.decode(data, file: "r.json")
      } throws: { "\($0)".hasPrefix("r.json: schedule.shard.") }
    }
  }
}
