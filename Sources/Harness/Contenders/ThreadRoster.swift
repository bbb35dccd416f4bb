import Synchronization

/// The ids of the threads that do measured work, for meters that count per thread.
public final class ThreadRoster: Sendable {
  private let ids = Mutex<[Int32]>([])

  /// Makes an empty roster.
  public init() {}

  /// Every thread that has been added.
  public var threadIDs: [Int32] { ids.withLock { $0 } }

  /// Adds threads; those that are there already stay once.
  func add(_ threads: [Int32]) {
    ids.withLock { known in
      known += threads.filter { !known.contains($0) }
    }
  }
}
