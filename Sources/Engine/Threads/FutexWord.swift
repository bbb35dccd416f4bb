import CLinux
import Synchronization

/// A 32-bit atomic number on a cache line of its own, which threads can sleep on until it changes.
///
/// futex(2) wants an address that stays; a class that owns one aligned line gives it that.
final class FutexWord: @unchecked Sendable {
  /// No other word shares the line, so that spinning on one does not slow down writes to another.
  private static let lineBytes = 64

  private let line: UnsafeMutableRawPointer
  private let atomic: UnsafeMutablePointer<Atomic<UInt32>>

  init(_ value: UInt32 = 0) {
    line = .allocate(byteCount: Self.lineBytes, alignment: Self.lineBytes)
    atomic = line.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    atomic.initialize(to: Atomic(value))
  }

  deinit {
    atomic.deinitialize(count: 1)
    line.deallocate()
  }

  var value: UInt32 { atomic.pointee.load(ordering: .acquiring) }

  /// All changes, and `valueNow`, are sequentially consistent: a sleeper announces itself, then looks at the word; a
  /// waker changes the word, then looks for sleepers.
  ///
  /// One of the two sees the other.
  var valueNow: UInt32 { atomic.pointee.load(ordering: .sequentiallyConsistent) }

  func store(_ value: UInt32) { atomic.pointee.store(value, ordering: .sequentiallyConsistent) }

  /// Adds one and returns the new value; wraps around.
  @discardableResult
  func increment() -> UInt32 { atomic.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue }

  /// Subtracts one and returns the new value.
  @discardableResult
  func decrement() -> UInt32 { atomic.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue }

  /// Sleeps if the word still holds `value`; may wake for no reason, so callers look again.
  func sleep(while value: UInt32) { clinux_futex_wait(line.assumingMemoryBound(to: UInt32.self), value) }

  func wakeAll() { clinux_futex_wake(line.assumingMemoryBound(to: UInt32.self), Int32.max) }
}
