import Glibc

/// Tells whether the calling thread has taken memory from the heap since the witness was made, even if it gave it back.
///
/// glibc keeps the last seven blocks of each size that a thread has freed, up to a kilobyte, and hands them out again
/// first. The witness fills them with a pattern, which whoever takes one overwrites.
struct HeapWitness {
  /// The smallest block has 24 bytes of use, the largest 1032, and the next is always 16 larger (malloc.c).
  private static let smallest = 24
  private static let largest = 1032
  private static let step = 16
  private static let perSize = 7
  /// So many are filled first: what lies behind the seven may be handed out as well.
  private static let filled = 40
  /// The allocator's own words in a block that is free.
  private static let taken = 16
  private static let pattern: UInt8 = 0xa5

  private let blocks = UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>.allocate(capacity: HeapWitness.filled)

  /// Whether it works with the allocator that is there: nothing disturbs the pattern, and a block that is taken does.
  static let works: Bool = {
    _ = HeapWitness().disturbed
    let calm = HeapWitness()
    let undisturbed = calm.disturbed
    let alert = HeapWitness()
    guard let block = malloc(100) else { return false }
    memset(block, 1, 100)
    free(block)
    return undisturbed == 0 && alert.disturbed > 0
  }()

  // Loops are spelled out: iterators and closures may take memory themselves where nothing is optimized.

  init() {
    // While blocks are taken, the allocator may move others of the same size to the front: fill until it has none left.
    var round = 0
    repeat {
      fill()
      round += 1
    } while disturbed > 0 && round < 20
  }

  private func fill() {
    var size = Self.smallest
    while size <= Self.largest {
      var index = 0
      while index < Self.filled {
        blocks[index] = malloc(size)?.assumingMemoryBound(to: UInt8.self)
        if let block = blocks[index] { memset(block, Int32(Self.pattern), size) }
        index += 1
      }
      while index > 0 {
        index -= 1
        free(blocks[index])
      }
      size += Self.step
    }
  }

  /// How many blocks have been taken since they were filled; those that have been stay so.
  var disturbed: Int {
    var count = 0, size = Self.smallest
    while size <= Self.largest {
      var index = 0
      while index < Self.perSize {
        blocks[index] = malloc(size)?.assumingMemoryBound(to: UInt8.self)
        index += 1
      }
      while index > 0 {
        index -= 1
        if let block = blocks[index] { count += isIntact(block, size) ? 0 : 1 }
        free(blocks[index])
      }
      size += Self.step
    }
    return count
  }

  private func isIntact(_ block: UnsafeMutablePointer<UInt8>, _ size: Int) -> Bool {
    var offset = Self.taken
    while offset < size {
      if block[offset] != Self.pattern { return false }
      offset += 1
    }
    return true
  }
}
