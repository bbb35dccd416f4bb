import ModelFiles

/// Learns the merges of a byte-level BPE vocabulary (Sennrich, Haddow and Birch, arXiv:1508.07909): again and again
/// the pair of neighbours that occurs most often becomes an entry.
///
/// Ties go to the pair with the lower ids, so that the same text gives the same vocabulary.
public struct BytePairTrainer {
  /// The bytes of each entry: the 256 single bytes, then one for each merge.
  public private(set) var entries: [[UInt8]] = (UInt8.min...UInt8.max).map { [$0] }
  /// The merges in the order in which they were learnt, by the ids of their halves.
  public private(set) var merges: [Pair] = []

  /// Two entries side by side.
  public struct Pair: Hashable, Sendable {
    /// The first one's id.
    public let left: Int
    /// The second one's id.
    public let right: Int
  }

  /// A piece of text as entries, and how often it occurs.
  private struct Word {
    var ids: [Int]
    let count: Int

    func forEachPair(_ body: (Pair) -> Void) {
      for (left, right) in zip(ids, ids.dropFirst()) { body(Pair(left: left, right: right)) }
    }

    mutating func merge(_ pair: Pair, into id: Int) {
      var merged: [Int] = []
      var place = 0
      while place < ids.count {
        if place + 1 < ids.count, ids[place] == pair.left, ids[place + 1] == pair.right {
          merged.append(id)
          place += 2
        } else {
          merged.append(ids[place])
          place += 1
        }
      }
      ids = merged
    }
  }

  private var words: [Word]
  private var counts: [Pair: Int] = [:]
  /// Words that hold a pair, or held it once.
  private var places: [Pair: Set<Int>] = [:]

  /// The id of each entry by its bytes: two merges may spell the same.
  private var ids: [[UInt8]: Int] = [:]

  /// Learns from documents until there are `entries` entries, or no pair occurs twice.
  public init(_ documents: [String], entries wanted: Int) {
    var pieces: [[UInt8]: Int] = [:]
    for document in documents { BytePieces.forEach(in: document) { pieces[Array($0), default: 0] += 1 } }
    words = pieces.map { Word(ids: $0.key.map(Int.init), count: $0.value) }
    for (id, entry) in entries.enumerated() { ids[entry] = id }
    for index in words.indices { count(index, sign: 1) }
    while entries.count < wanted, let (pair, count) = best(), count > 1 { learn(pair) }
  }

  private func best() -> (key: Pair, value: Int)? {
    counts.max { ($0.value, $1.key.left, $1.key.right) < ($1.value, $0.key.left, $0.key.right) }
  }

  private mutating func learn(_ pair: Pair) {
    let entry = entries[pair.left] + entries[pair.right]
    let id = ids[entry] ?? entries.count
    if id == entries.count {
      entries.append(entry)
      ids[entry] = id
    }
    merges.append(pair)
    for index in places[pair] ?? [] {
      count(index, sign: -1)
      words[index].merge(pair, into: id)
      count(index, sign: 1)
    }
    counts[pair] = nil
    places[pair] = nil
  }

  private mutating func count(_ index: Int, sign: Int) {
    let word = words[index]
    word.forEachPair { pair in
      counts[pair, default: 0] += sign * word.count
      if sign > 0 { places[pair, default: []].insert(index) }
    }
  }
}
