/// 64-bit keys to 64-bit values in one flat array, probed linearly: merges by their pair, edges of a trie.
struct PairTable: Sendable {
  /// What a key that is not there has; no merge and no edge has it for a value.
  static let absent = UInt64.max

  private struct Slot {
    // No pair of ids or edge is all ones: ids have 31 bits.
    var key = UInt64.max
    var value = PairTable.absent
  }

  private var slots: [Slot]
  private var mask: Int
  private(set) var count = 0

  /// Makes a table for `capacity` keys; it grows where there are more.
  init(capacity: Int) {
    let size = Self.size(for: capacity)
    slots = Array(repeating: Slot(), count: size)
    mask = size - 1
  }

  /// A power of two that is at most half full.
  private static func size(for capacity: Int) -> Int {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    return size
  }

  /// The value of `key`, or `absent`.
  @inline(__always)
  subscript(key: UInt64) -> UInt64 {
    slots.withUnsafeBufferPointer { slots in
      var place = Int(truncatingIfNeeded: HashMix.hash(key)) & mask
      while true {
        let slot = slots[place]
        if slot.key == key { return slot.value }
        if slot.key == .max { return Self.absent }
        place = (place + 1) & mask
      }
    }
  }

  /// All keys with their values, in no order.
  var entries: some Sequence<(key: UInt64, value: UInt64)> {
    slots.lazy.filter { $0.key != .max }.map { (key: $0.key, value: $0.value) }
  }

  /// Adds a key; false, with nothing changed, if it is there already.
  mutating func insert(_ key: UInt64, _ value: UInt64) -> Bool {
    if 2 * (count + 1) > slots.count { grow() }
    var place = Int(truncatingIfNeeded: HashMix.hash(key)) & mask
    while slots[place].key != .max {
      if slots[place].key == key { return false }
      place = (place + 1) & mask
    }
    slots[place] = Slot(key: key, value: value)
    count += 1
    return true
  }

  private mutating func grow() {
    var larger = PairTable(capacity: slots.count)
    for slot in slots where slot.key != .max { _ = larger.insert(slot.key, slot.value) }
    self = larger
  }
}
