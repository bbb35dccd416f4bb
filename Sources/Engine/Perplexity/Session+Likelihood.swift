import Foundation
import Kernels

extension Session {
  /// Rows of logits that scoring keeps at once: enough that a pass over the weights pays, and 63 MiB of logits for the
  /// 128 256 tokens of Llama 3.
  public static let scoredRows = 128

  /// Forgets everything, reads ids, and gives −ln p of each from `first` on, given those before it.
  ///
  /// p is the softmax of the logits in Double; like the logits it is the same bytes for every kernel, placement, number
  /// of threads and way to cut the ids into calls. The last id is not fed: nothing is predicted from it.
  ///
  /// - Parameters:
  ///   - first: at least 1.
  ///   - observe: gets the logits that targets are scored by, before the next ones take their place; the last row of
  ///     each view is of the last target's predecessor.
  /// - Throws: `EngineError` for an id outside the vocabulary, for more ids than the context and one more, and for
  ///   activations or logits that are not finite.
  public func negativeLogLikelihoods(
    of ids: ArraySlice<Int32>, from first: Int, observe: (LogitsView) -> Void = { _ in }
  ) throws -> [Double] {
    precondition(first > ids.startIndex && first <= ids.endIndex, "nothing stands before the first token")
    try checkVocabulary(ids)
    reset()
    try forward(Array(ids[..<(first - 1)]), logits: .none)
    var nats: [Double] = []
    for start in stride(from: first, to: ids.endIndex, by: Self.scoredRows) {
      let targets = ids[start..<min(start + Self.scoredRows, ids.endIndex)]
      let logits = try forward(Array(ids[start - 1..<targets.endIndex - 1]), logits: .all)
      nats += score(targets, by: logits)
      if let place = nats.firstIndex(where: { !$0.isFinite }) {
        throw EngineError(
          .nonFinite,
          "token \(first - ids.startIndex + place): a logit before it is NaN or infinite; the head or a scale is damaged"
        )
      }
      observe(logits)
    }
    return nats
  }

  /// A row is one thread's alone, so that its sum has one order.
  private func score(_ targets: ArraySlice<Int32>, by logits: LogitsView) -> [Double] {
    let targets = Array(targets)
    return [Double](unsafeUninitializedCapacity: targets.count) { buffer, count in
      let nats = buffer.baseAddress!
      pool.parallelItems(targets.count) { _, row in
        nats[row] = Self.negativeLogLikelihood(of: Int(targets[row]), among: logits[row])
      }
      count = targets.count
    }
  }

  /// ln Σ e^(x − m) + m − x[target], m the largest logit: no power overflows, and the sum is at least 1.
  static func negativeLogLikelihood(of target: Int, among logits: UnsafeBufferPointer<Float>) -> Double {
    var largest = -Float.infinity
    for logit in logits where logit > largest { largest = logit }
    var sum = 0.0
    for logit in logits { sum += exp(Double(logit) - Double(largest)) }
    return log(sum) + (Double(largest) - Double(logits[target]))
  }
}
