import CLinux
import Glibc
import Synchronization

/// Keeps the calling thread in the place that a pool wants, though it is not the pool's own.
///
/// Thread 0 of a pool is whoever calls `run`. Pools that take turns on one thread (pinned, then free) each find it
/// where the other left it, so every `run` checks a number that says who placed which thread last; only a change costs
/// a system call.
final class CallerPin: Sendable {
  /// The last thread that was placed, and by which pin.
  private static let last = Atomic<UInt>(0)
  /// Threads that are restricted now, and by which pin; also serialises changes.
  private static let pinned = Mutex<[pid_t: UInt]>([:])
  private static let counter = Atomic<UInt>(0)

  /// The CPUs for thread 0, or nil where it may roam.
  private let cpus: [Int]?
  private let id: UInt

  init(cpus: [Int]?) {
    self.cpus = cpus
    id = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Places the calling thread.
  ///
  /// - Throws: `EngineError` when the kernel refuses.
  func apply() throws {
    let tid = clinux_gettid()
    try Self.pinned.withLock { pinned in
      if let cpus {
        try Affinity.restrict(tid, to: cpus)
        pinned[tid] = id
      } else if pinned.removeValue(forKey: tid) != nil {
        try Affinity.restrict(tid, to: Affinity.allowed)
      }
      Self.last.store(mark, ordering: .relaxed)
    }
  }

  /// Places the calling thread again if another pool or thread came in between.
  ///
  /// A CPU that has gone offline since `apply` leaves the thread where the kernel moved it.
  func renew() {
    if Self.last.load(ordering: .relaxed) != mark { try? apply() }
  }

  /// Lets every thread that this pin restricted roam again.
  func lift() {
    Self.pinned.withLock { pinned in
      for (tid, owner) in pinned where owner == id {
        try? Affinity.restrict(tid, to: Affinity.allowed)
        pinned[tid] = nil
      }
      Self.last.store(0, ordering: .relaxed)
    }
  }

  /// This pin on the calling thread: a thread's handle is a user address, below bit 47, and ids go above it.
  private var mark: UInt { UInt(pthread_self()) ^ (id << 48) }
}
