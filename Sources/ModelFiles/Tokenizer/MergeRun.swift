/// Merges the symbols of one piece of text until no pair of neighbours merges any more.
///
/// Short pieces, which is nearly all, are searched from end to end for every merge; long ones go through a heap of
/// pairs, in time n·log n: a text without any space must not take forever.
struct MergeRun {
  /// Pieces from here on go through the heap: the pairs of a shorter one are four cache lines, and no heap is smaller.
  private static let heapFrom = 32

  /// The symbols, and after `run` the tokens.
  var symbols: [Int32] = []
  /// Per symbol the merge with its right neighbour.
  private var pairs: [UInt64] = []
  /// Neighbours in a long piece; -1 behind the last and before the first.
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// Pairs of a long piece as rank << 32 | place of the left symbol, the smallest on top.
  private var heap: [UInt64] = []

  /// Merges `symbols` in place.
  mutating func run(_ merges: borrowing Merges) {
    guard symbols.count > 1 else { return }
    if symbols.count < Self.heapFrom { runShort(merges) } else { runLong(merges) }
  }

  // MARK: Short pieces

  private mutating func runShort(_ merges: borrowing Merges) {
    var count = symbols.count
    pairs.removeAll(keepingCapacity: true)
    for i in 0..<count - 1 { pairs.append(merges[symbols[i], symbols[i + 1]]) }
    pairs.append(Merges.none)
    symbols.withUnsafeMutableBufferPointer { symbols in
      pairs.withUnsafeMutableBufferPointer { pairs in
        while true {
          var best = 0
          for i in 1..<count where Merges.rank(pairs[i]) < Merges.rank(pairs[best]) { best = i }
          guard pairs[best] != Merges.none else { break }
          symbols[best] = Merges.id(pairs[best])
          count -= 1
          for i in best + 1..<max(count, best + 1) {
            symbols[i] = symbols[i + 1]
            pairs[i] = pairs[i + 1]
          }
          pairs[best] = best + 1 < count ? merges[symbols[best], symbols[best + 1]] : Merges.none
          if best > 0 { pairs[best - 1] = merges[symbols[best - 1], symbols[best]] }
          if count == 1 { break }
        }
      }
    }
    symbols.removeSubrange(count...)
  }

  // MARK: Long pieces

  private mutating func runLong(_ merges: borrowing Merges) {
    let count = symbols.count
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
    for i in 0..<count {
      next.append(i + 1 < count ? Int32(i + 1) : -1)
      previous.append(Int32(i) - 1)
    }
    for i in 0..<count - 1 { offer(i, merges) }
    while let top = pop() {
      let left = Int(truncatingIfNeeded: top & 0xffff_ffff)
      // A pair that was offered may be gone: its symbols merged with others.
      guard symbols[left] >= 0, next[left] >= 0, case let right = Int(next[left]),
        case let merge = merges[symbols[left], symbols[right]], merge != Merges.none,
        UInt64(Merges.rank(merge)) == top >> 32
      else { continue }
      symbols[left] = Merges.id(merge)
      symbols[right] = -1
      next[left] = next[right]
      if next[right] >= 0 {
        previous[Int(next[right])] = Int32(left)
        offer(left, merges)
      }
      if previous[left] >= 0 { offer(Int(previous[left]), merges) }
    }
    symbols.removeAll { $0 < 0 }
  }

  /// Puts the pair of a symbol and its right neighbour on the heap, if it merges.
  @inline(__always)
  private mutating func offer(_ left: Int, _ merges: borrowing Merges) {
    let merge = merges[symbols[left], symbols[Int(next[left])]]
    guard merge != Merges.none else { return }
    heap.append(UInt64(Merges.rank(merge)) << 32 | UInt64(left))
    var place = heap.count - 1
    while place > 0, case let parent = (place - 1) / 2, heap[parent] > heap[place] {
      heap.swapAt(parent, place)
      place = parent
    }
  }

  @inline(__always)
  private mutating func pop() -> UInt64? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return top }
    var place = 0
    while case let left = 2 * place + 1, left < heap.count {
      let smaller = left + 1 < heap.count && heap[left + 1] < heap[left] ? left + 1 : left
      if heap[smaller] >= last { break }
      heap[place] = heap[smaller]
      place = smaller
    }
    heap[place] = last
    return top
  }
}
