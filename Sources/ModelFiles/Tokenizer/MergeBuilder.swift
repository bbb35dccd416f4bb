/// Makes merges of tokens out of pairs of spellings, the first pair having the lowest rank.
struct MergeBuilder {
  private let vocabulary: Vocabulary
  private(set) var merges: Merges
  /// What the merges make, once each or more.
  private(set) var mergedTokens: [Int32] = []
  private var scratch: [UInt8] = []
  private var joined: [UInt8] = []

  init(_ vocabulary: Vocabulary, capacity: Int) {
    self.vocabulary = vocabulary
    merges = Merges(capacity: capacity)
    mergedTokens.reserveCapacity(capacity)
  }

  /// Adds the merge of two tokens; returns what is wrong with it, or nil.
  mutating func add(_ left: [UInt8], _ right: [UInt8]) -> String? {
    joined.removeAll(keepingCapacity: true)
    joined += left
    joined += right
    guard let leftID = id(left), let rightID = id(right), let merged = id(joined) else {
      let missing = [left, right, joined].first { id($0) == nil } ?? joined
      return "needs \"\(String(decoding: missing.prefix(100), as: UTF8.self))\", which is not in the vocabulary"
    }
    guard merges.add(leftID, rightID, rank: mergedTokens.count, into: merged) else {
      return "is the merge of \"\(String(decoding: joined.prefix(100), as: UTF8.self))\" for the second time"
    }
    mergedTokens.append(merged)
    return nil
  }

  private mutating func id(_ spelling: [UInt8]) -> Int32? {
    let id = spelling.withUnsafeBufferPointer { vocabulary.id(spelled: $0, scratch: &scratch) }
    return id < 0 ? nil : id
  }
}
