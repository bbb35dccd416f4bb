import Glibc

/// Tells whether a piece of code took memory from the heap, even if it gave it back.
///
/// glibc keeps what a thread frees in that thread's own cache, by size, and gives it to the thread's next request of
/// that size (malloc/malloc.c, tcache). One marked block is left there for every size: code that takes memory gets a
/// marked block and writes to it, and other threads cannot. Objects without a single field are not seen.
enum HeapWatch {
  /// The sizes that the cache holds: every sixteenth byte up to 1032.
  private static let sizes = 64
  /// A block is not cached when seven of its size are: then the next one is tried.
  private static let attempts = 32
  private static let mark: UInt8 = 0xA5
  /// The cache's own link and key stand at the beginning of a block that was freed.
  private static let links = 16

  private static func size(_ index: Int) -> Int { 24 + 16 * index }

  /// How many sizes of blocks the code has taken; nil where the blocks could not be prepared.
  static func sizesTaken(_ body: () throws -> Void) rethrows -> Int? {
    let held = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: sizes * attempts)
    held.initialize(repeating: nil, count: sizes * attempts)
    let marked = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: sizes)
    marked.initialize(repeating: nil, count: sizes)
    defer {
      for index in 0..<(sizes * attempts) { free(held[index]) }
      held.deallocate()
      marked.deallocate()
    }
    for index in 0..<sizes {
      marked[index] = prepare(size(index), held + index * attempts)
      if marked[index] == nil { return nil }
    }
    try body()
    var taken = 0
    for index in 0..<sizes {
      let block = malloc(size(index))
      if block != marked[index] || !isMarked(block, size(index)) { taken += 1 }
      free(block)
    }
    return taken
  }

  /// Leaves a marked block in the cache, where the next request of its size will find it; the others are held.
  private static func prepare(_ size: Int, _ held: UnsafeMutablePointer<UnsafeMutableRawPointer?>)
    -> UnsafeMutableRawPointer?
  {
    for attempt in 0..<attempts {
      guard let block = malloc(size) else { return nil }
      memset(block, Int32(mark), size)
      free(block)
      let again = malloc(size)
      if again == block, isMarked(again, size) {
        free(again)
        return block
      }
      held[attempt] = again
    }
    return nil
  }

  private static func isMarked(_ block: UnsafeMutableRawPointer?, _ size: Int) -> Bool {
    guard let bytes = block?.assumingMemoryBound(to: UInt8.self) else { return false }
    var index = links
    while index < size {
      if bytes[index] != mark { return false }
      index += 1
    }
    return true
  }
}
