import Engine
import Kernels
import ModelFiles
import Suites

/// Models and single matrices in memory, made once per packing and kept while there is room.
///
/// Interleaved schedules come back to every one of them in every round; making each anew would cost more than measuring
/// it. What does not fit beside the others is made again when its turn comes, and that time stands in the record.
final class ModelStore {
  /// What makes two cells share weights.
  struct Key: Hashable {
    let subject: String
    let packings: [Packing]
    /// The threads whose nodes the weights are on; nil where no node was asked for.
    var nodesOf: Int?
  }

  /// Weights that can be dropped and made again.
  class Entry {
    fileprivate var lastUse = 0
  }

  /// A model with the sessions that run on it.
  final class Model: Entry {
    let weights: any LanguageModel
    /// Each owns its cache and scratch.
    var sessions: [SessionKey: Session] = [:]

    init(_ weights: any LanguageModel) { self.weights = weights }
  }

  /// One matrix.
  final class Matrix: Entry {
    let packed: PackedMatrix

    init(_ packed: PackedMatrix) { self.packed = packed }
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

  /// The entry for a key; `make` is called when it is not there, after room for `bytes` has been made.
  ///
  /// - Throws: `CellSkip` when the machine has no room for it even alone.
  func entry<E: Entry>(_ key: Key, bytes: Int, make: () throws -> E) throws -> E {
    clock += 1
    if let entry = entries[key] as? E {
      entry.lastUse = clock
      return entry
    }
    try makeRoom(for: bytes, keeping: nil)
    let entry = try make()
    entry.lastUse = clock
    entries[key] = entry
    return entry
  }

  /// Frees the least recently used weights until `bytes` fit.
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
