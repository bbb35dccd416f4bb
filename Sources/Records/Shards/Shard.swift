/// One of the parts that a suite's cells are divided into, so that several processes can run one suite.
///
/// Which shard a cell belongs to follows from its id and the number of shards alone: a new case moves no other cell, two
/// machines agree without talking, and every cell is in exactly one shard.
public struct Shard: Sendable, Equatable {
  /// 1 for the first.
  public let index: Int
  /// How many there are.
  public let count: Int

  /// More shards than a suite can have cells: more is a slip of the pen.
  public static let mostShards = 100_000

  /// Reads "2/3": the second of three.
  ///
  /// Throws `ShardError` that names what is allowed.
  public init(_ text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Self.number(parts[0]), let count = Self.number(parts[1]) else {
      throw ShardError("\"\(text)\" is no shard: two whole numbers are needed, as in 2/3 for the second of three")
    }
    guard (1...Self.mostShards).contains(count) else {
      throw ShardError("\(text): a suite is divided into 1 to \(Self.mostShards) shards")
    }
    guard (1...count).contains(index) else {
      let range = count == 1 ? "1/1 is the only one" : "they are numbered from 1/\(count) to \(count)/\(count)"
      throw ShardError("there is no shard \(text): \(range)")
    }
    self.index = index
    self.count = count
  }

  /// "2/3".
  public var label: String { "\(index)/\(count)" }

  /// Whether a cell of this id is in this shard.
  public func holds(_ cell: String) -> Bool { Self.index(of: cell, count: count) == index }

  /// The shard of a cell, from 1 to `count`.
  ///
  /// Jump consistent hashing (Lamping and Veach, arXiv 1406.2294): shards are as equal as a fair dice makes them, and when
  /// a shard is added no more cells move than it needs; a remainder would move nearly all.
  public static func index(of cell: String, count: Int) -> Int {
    var key = mixed(hash(of: cell))
    var (shard, next) = (0, 0)
    while next < count {
      shard = next
      // The paper's generator; the division is by 2³¹ over 31 random bits plus one, so `next` always grows.
      key = key &* 2_862_933_555_777_941_757 &+ 1
      let leap = Double(shard + 1) * (Double(1 << 31) / Double((key >> 33) + 1))
      next = leap < Double(count) ? Int(leap) : count
    }
    return shard + 1
  }

  /// Digits alone: no sign, no space, no other script's numerals.
  private static func number(_ text: Substring) -> Int? {
    text.allSatisfy { ("0"..."9").contains($0) } ? Int(text) : nil
  }

  /// The 64-bit FNV-1a hash of the text's UTF-8 bytes: the same on every machine and in every version.
  private static func hash(of text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// The finisher of MurmurHash3: ids that differ in their last letter alone would else stay neighbours.
  private static func mixed(_ hash: UInt64) -> UInt64 {
    var hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }
}

/// A shard that does not exist.
public struct ShardError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was asked for and what there is.
  public let description: String

  init(_ description: String) { self.description = description }
}
