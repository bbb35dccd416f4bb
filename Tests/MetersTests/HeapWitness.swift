import CHeapWitness
import Glibc

/// Tells whether the calling thread has taken memory from the heap since the witness was made, even if it gave it back.
struct HeapWitness {
  private let before = heapwitness_taken()

  /// Whether the process' allocator is the one that counts, as every library finds it.
  static let works: Bool = {
    guard let found = dlsym(nil, "malloc") else { return false }
    // Called through its address, so that no compiler leaves out a block that nobody uses.
    let take = unsafeBitCast(found, to: (@convention(c) (Int) -> UnsafeMutableRawPointer?).self)
    let witness = HeapWitness()
    guard witness.disturbed == 0, let block = take(100) else { return false }
    free(block)
    return witness.disturbed == 1
  }()

  /// How many blocks have been taken.
  var disturbed: Int { Int(heapwitness_taken() - before) }
}
