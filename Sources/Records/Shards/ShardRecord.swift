/// Which shards of a suite a record holds, and where its cells stand among all of them.
public struct ShardRecord: Codable, Sendable, Equatable {
  /// How many shards the suite was divided into.
  public var count: Int
  /// Those of this record, from 1, in order: one for a run, several for a record that was merged.
  public var indices: [Int]
  /// The cells of the whole suite.
  public var cellsTotal: Int
  /// For each cell of this record its place among all of them, from 0, in order.
  public var positions: [Int]

  enum CodingKeys: String, CodingKey {
    case count, indices, positions
    case cellsTotal = "cells_total"
  }

  /// Makes an entry.
  public init(count: Int, indices: [Int], cellsTotal: Int, positions: [Int]) {
    self.count = count
    self.indices = indices
    self.cellsTotal = cellsTotal
    self.positions = positions
  }

  /// "2/3", "1, 3 of 3", or "1 to 40, 43 of 60".
  public var label: String { Self.label(of: indices, count: count) }

  /// Several shards in a few words, whatever their number; `indices` rise.
  static func label(of indices: [Int], count: Int) -> String {
    if indices.count == 1 { return "\(indices[0])/\(count)" }
    var runs: [ClosedRange<Int>] = []
    for index in indices {
      if let last = runs.last, last.upperBound == index - 1 {
        runs[runs.count - 1] = last.lowerBound...index
      } else {
        runs.append(index...index)
      }
    }
    let texts = runs.map { run in
      switch run.count {
      case 1: "\(run.lowerBound)"
      case 2: "\(run.lowerBound), \(run.upperBound)"
      default: "\(run.lowerBound) to \(run.upperBound)"
      }
    }
    return "\(texts.joined(separator: ", ")) of \(count)"
  }

  /// The shards that are not in this record, from 1, in order.
  public var missing: [Int] {
    let present = Set(indices)
    return (1...max(1, count)).filter { !present.contains($0) }
  }
}

extension ShardRecord {
  /// Refuses what no run can have written; `cells` are those of the record.
  ///
  /// Throws `RecordError.badField`.
  func validate(cells: Int, file: String) throws {
    func refuse(_ key: String, _ detail: String) -> RecordError {
      .badField(file: file, key: "schedule.shard.\(key)", detail: detail)
    }
    guard (1...Shard.mostShards).contains(count) else {
      throw refuse("count", "\(count) is not between 1 and \(Shard.mostShards)")
    }
    guard !indices.isEmpty, Self.isRising(indices), indices.allSatisfy((1...count).contains) else {
      throw refuse("indices", "not rising numbers from 1 to \(count)")
    }
    guard positions.count == cells else {
      throw refuse("positions", "\(positions.count) places for \(cells) cells")
    }
    guard (cells...(1 << 53)).contains(cellsTotal) else {
      throw refuse("cells_total", "\(cellsTotal) is less than the \(cells) cells of this record, or too large")
    }
    guard Self.isRising(positions), positions.allSatisfy((0..<max(1, cellsTotal)).contains) else {
      throw refuse("positions", "not rising numbers from 0 to \(max(0, cellsTotal - 1))")
    }
  }

  private static func isRising(_ numbers: [Int]) -> Bool { zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 } }
}
