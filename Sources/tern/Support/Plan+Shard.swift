import Harness
import Records

extension Plan {
  /// The cells of one shard, of the shard that a resumed record holds, or all.
  func part(_ shard: Shard?, resuming record: RunRecord? = nil) throws -> Plan {
    if let shard { return only(shard) }
    // A merged record has several, and is refused for that before anything runs.
    guard let own = record?.schedule.shard, own.indices.count == 1 else { return self }
    return only(try Shard(own.label))
  }

  /// Says on stderr which part of the suite is run, and of an empty one always, because nothing else would.
  func sayShard(isQuiet: Bool) {
    guard let shard else { return }
    if cells.isEmpty {
      Console.note("shard \(shard.label) has none of the suite's \(shard.cellsTotal) cells: its record will be empty")
    } else if !isQuiet {
      Console.note("shard \(shard.label): \(cells.count) of the suite's \(shard.cellsTotal) cells")
    }
  }
}
