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
  /// The allocator's own words in a block that is free.
  private static let taken = 16
  private static let pattern: UInt8 = 0xa5

  // Looked up by name, so that a compiler does not take them for what it knows and leave out what it thinks is lost.
  private static let takeBlock = unsafeBitCast(dlsym(nil, "malloc"), to: (@convention(c) (Int) -> Block?).self)
  private static let giveBlock = unsafeBitCast(dlsym(nil, "free"), to: (@convention(c) (Block?) -> Void).self)
  private typealias Block = UnsafeMutablePointer<UInt8>

  private let blocks = UnsafeMutablePointer<Block?>.allocate(capacity: 2 * HeapWitness.perSize)

  /// Whether it works with the allocator that is there: nothing disturbs the pattern, and a block that is taken does.
  static let works: Bool = {
    _ = HeapWitness().disturbed
    let calm = HeapWitness()
    let undisturbed = calm.disturbed
    let alert = HeapWitness()
    guard let block = takeBlock(100) else { return false }
    memset(block, 1, 100)
    giveBlock(block)
    return undisturbed == 0 && alert.disturbed > 0
  }()

  // Loops are spelled out: iterators and closures may take memory themselves where nothing is optimized.

  init() {
    // Twice as many as are kept, freed: the lists are full. What was in them before is filled by asking.
    var size = Self.smallest
    while size <= Self.largest {
      take(2 * Self.perSize, size)
      give(2 * Self.perSize)
      size += Self.step
    }
    _ = disturbed
  }

  /// How many blocks have been taken since the last time that this was asked.
  var disturbed: Int {
    var count = 0, size = Self.smallest
    while size <= Self.largest {
      // Full lists give what they have without asking the heap behind them, and are full again after.
      take(Self.perSize, size)
      var index = 0
      while index < Self.perSize {
        if let block = blocks[index] {
          count += isIntact(block, size) ? 0 : 1
          memset(block, Int32(Self.pattern), size)
        }
        index += 1
      }
      give(Self.perSize)
      size += Self.step
    }
    return count
  }

  private func take(_ count: Int, _ size: Int) {
    var index = 0
    while index < count {
      blocks[index] = Self.takeBlock(size)
      index += 1
    }
  }

  private func give(_ count: Int) {
    var index = count
    while index > 0 {
      index -= 1
      Self.giveBlock(blocks[index])
    }
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
