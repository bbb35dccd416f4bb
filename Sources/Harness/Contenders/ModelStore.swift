import Engine
import Kernels
import ModelFiles
import Suites

/// Models in memory, made once per packing and kept while there is room.
///
/// Interleaved schedules come back to every model in every round; making each one anew would cost more than measuring
/// it. What does not fit beside the others is made again when its turn comes, and that time stands in the record.
final class ModelStore {
  /// What makes two cells share weights.
  struct Key: Hashable {
    let model: String
    let packing: String
  }

  /// A model with the sessions that run on it.
  final class Entry {
    let transformer: Transformer
    /// Each owns its cache and scratch.
    var sessions: [SessionKey: Session] = [:]
    var lastUse = 0

    init(transformer: Transformer) { self.transformer = transformer }
  }

  /// What makes two cells share a session.
  struct SessionKey: Hashable {
    let model: String
    let kernel: String
    let threads: Int
    let placement: String

    /// The session of a cell; nil for a cell without a model.
    init?(_ cell: Cell) {
      guard let model = cell.model, let kernel = cell.kernel else { return nil }
      self.model = model
      self.kernel = kernel
      threads = cell.threads
      placement = cell.placement
    }
  }

  /// Bytes that may be taken now, beyond what this process holds.
  private let memoryAvailableBytes: () -> Int?
  private var entries: [Key: Entry] = [:]
  private var clock = 0

  init(memoryAvailableBytes: @escaping () -> Int?) { self.memoryAvailableBytes = memoryAvailableBytes }

  /// The entry for a key; `make` is called when it is not there, after room for `need` has been made.
  ///
  /// - Throws: `CellSkip` when the machine has no room for it even alone.
  func entry(_ key: Key, need: MemoryNeed, make: () throws -> Transformer) throws -> Entry {
    clock += 1
    if let entry = entries[key] {
      entry.lastUse = clock
      return entry
    }
    try makeRoom(for: need.totalBytes, keeping: nil)
    let entry = Entry(transformer: try make())
    entry.lastUse = clock
    entries[key] = entry
    return entry
  }

  /// Frees the least recently used models until `bytes` fit.
  ///
  /// - Throws: `CellSkip` when they do not even then.
  func makeRoom(for bytes: Int, keeping kept: Entry?) throws {
    while let shortfall = MemoryBudget.shortfall(of: bytes, available: memoryAvailableBytes()) {
      guard let oldest = entries.filter({ $0.value !== kept }).min(by: { $0.value.lastUse < $1.value.lastUse }) else {
        throw CellSkip(shortfall)
      }
      entries[oldest.key] = nil
    }
  }
}
