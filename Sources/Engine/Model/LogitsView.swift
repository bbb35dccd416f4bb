import Kernels

/// The logits of one call of `forward`: valid until the session's next call, which writes over them.
public struct LogitsView {
  /// How many tokens have logits here.
  public let rows: Int
  /// Logits of one token.
  public let vocabulary: Int
  private let buffer: AlignedBuffer?

  init(rows: Int, vocabulary: Int, buffer: AlignedBuffer?) {
    self.rows = rows
    self.vocabulary = vocabulary
    self.buffer = buffer
  }

  /// The logits of one token, by vocabulary id.
  public subscript(row: Int) -> UnsafeBufferPointer<Float> {
    precondition((0..<rows).contains(row), "row \(row) of \(rows) rows of logits")
    let start = buffer!.address.assumingMemoryBound(to: Float.self) + row * vocabulary
    return UnsafeBufferPointer(start: start, count: vocabulary)
  }

  /// The id with the largest logit of one token; the lowest such id when several are equal.
  public func argmax(_ row: Int) -> Int32 {
    let logits = self[row]
    var best = 0
    for id in 1..<logits.count where logits[id] > logits[best] { best = id }
    return Int32(best)
  }
}
