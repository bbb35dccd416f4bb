/// Makes merges of tokens out of pairs of spellings, the first pair having the lowest rank.
struct MergeBuilder {
  private let vocabulary: Vocabulary
  private(set) var merges: Merges
  /// What the merges make, once each or more.
  private(set) var mergedTokens: [Int32] = []
  private var scratch: [UInt8] = []

  init(_ vocabulary: Vocabulary, capacity: Int) {
    self.vocabulary = vocabulary
    merges = Merges(capacity: capacity)
    mergedTokens.reserveCapacity(capacity)
  }

  /// Adds the merge of two tokens; returns what is wrong with it, or nil.
  mutating func add(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> String? {
    let (leftID, rightID, merged) = ids(left, right) ?? slowIDs(left, right)
    guard leftID >= 0, rightID >= 0, merged >= 0 else {
      let missing = leftID < 0 ? Array(left) : rightID < 0 ? Array(right) : Array(left) + Array(right)
      return "needs \"\(String(decoding: missing.prefix(100), as: UTF8.self))\", which is not in the vocabulary"
    }
    guard merges.add(leftID, rightID, rank: mergedTokens.count, into: merged) else {
      return "is the merge of \"\(String(decoding: scratch.prefix(100), as: UTF8.self))\" for the second time"
    }
    mergedTokens.append(merged)
    return nil
  }

  /// The ids of both parts and of the whole, or nil if one is not found by its bytes.
  private mutating func ids(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> (Int32, Int32, Int32)? {
    scratch.removeAll(keepingCapacity: true)
    guard vocabulary.spelling.append(left, to: &scratch) else { return nil }
    let cut = scratch.count
    guard vocabulary.spelling.append(right, to: &scratch) else { return nil }
    return scratch.withUnsafeBufferPointer { bytes in
      let leftID = vocabulary.id(of: UnsafeBufferPointer(rebasing: bytes[..<cut]))
      let rightID = vocabulary.id(of: UnsafeBufferPointer(rebasing: bytes[cut...]))
      let merged = vocabulary.id(of: bytes)
      return leftID < 0 || rightID < 0 || merged < 0 ? nil : (leftID, rightID, merged)
    }
  }

  /// The same by their spelling, -1 where one is missing: an added token may be a part of a merge.
  private mutating func slowIDs(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> (Int32, Int32, Int32) {
    let whole = Array(left) + Array(right)
    let merged = whole.withUnsafeBufferPointer { vocabulary.id(spelled: $0, scratch: &scratch) }
    return (
      vocabulary.id(spelled: left, scratch: &scratch), vocabulary.id(spelled: right, scratch: &scratch), merged
    )
  }
}
