/// Which two neighbouring tokens become one, and which pair goes first.
struct Merges: Sendable {
  /// What a pair that does not merge has.
  static let none = PairTable.absent

  private var table: PairTable

  init(capacity: Int) { table = PairTable(capacity: capacity) }

  var count: Int { table.count }

  /// The merge of two tokens: its rank in the upper half, the token that comes of it in the lower; or `none`.
  ///
  /// The lowest rank goes first, and of equal ones the leftmost.
  @inline(__always)
  subscript(left: Int32, right: Int32) -> UInt64 { table[Self.key(left, right)] }

  /// Adds a merge; false if the pair has one already, which goes first and therefore stays.
  mutating func add(_ left: Int32, _ right: Int32, rank: Int, into id: Int32) -> Bool {
    table.insert(Self.key(left, right), UInt64(rank) << 32 | UInt64(UInt32(bitPattern: id)))
  }

  /// All pairs, the first to go first.
  var inOrder: [(left: Int32, right: Int32)] {
    table.entries.sorted { $0.value < $1.value }.map {
      (Int32(truncatingIfNeeded: $0.key >> 32), Int32(truncatingIfNeeded: $0.key))
    }
  }

  @inline(__always)
  static func rank(_ merge: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: merge >> 32) }

  @inline(__always)
  static func id(_ merge: UInt64) -> Int32 { Int32(truncatingIfNeeded: merge) }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}
