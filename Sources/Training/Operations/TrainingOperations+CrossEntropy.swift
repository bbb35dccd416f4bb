import Foundation
import Kernels

/// What a head's loss works in.
struct LogitsWork {
  /// Tokens whose logits are there at once: 4 Mi logits, and 16 to 512 of them.
  static func tokens(vocabulary: Int) -> Int { min(512, max(16, (4 << 20) / vocabulary)) }

  /// The logits of a block of tokens: [tokens, vocabulary].
  let logits: UnsafeMutablePointer<Float>
  /// The loss of each token of the batch: [tokens of the batch].
  let losses: UnsafeMutablePointer<Double>
}

extension TrainingOperations {
  /// The sum of −log softmax(x·Eᵀ)[target] over all tokens, each rounded no earlier than its logits; x: [tokens, width].
  ///
  /// Where gradients are asked for, they are those of the mean: dx += dlogits·E, dE += dlogitsᵀ·x with
  /// dlogits = (softmax − onehot) / tokens. Blocks of tokens go by in order, so their size changes nothing.
  func crossEntropy(
    _ x: UnsafePointer<Float>, tokens: Int, width: Int, embedding: UnsafePointer<Float>, vocabulary: Int,
    targets: [Int32], work: LogitsWork,
    gradients: (dx: UnsafeMutablePointer<Float>, dEmbedding: UnsafeMutablePointer<Float>)?
  ) -> Double {
    let blockTokens = LogitsWork.tokens(vocabulary: vocabulary)
    for first in stride(from: 0, to: tokens, by: blockTokens) {
      let count = min(blockTokens, tokens - first)
      let input = x + first * width
      clear(work.logits, count * vocabulary)
      products.add(
        .rows(input, stride: width), .transposed(embedding, stride: width), rows: count, depth: width,
        columns: vocabulary, to: work.logits, stride: vocabulary)
      forEachRow(count) { row in
        work.losses[first + row] = softmax(
          work.logits + row * vocabulary, vocabulary, target: Int(targets[first + row]),
          factor: gradients == nil ? nil : 1 / Float(tokens))
      }
      guard let gradients else { continue }
      products.add(
        .rows(work.logits, stride: vocabulary), .rows(embedding, stride: width), rows: count, depth: vocabulary,
        columns: width, to: gradients.dx + first * width, stride: width)
      products.add(
        .transposed(work.logits, stride: vocabulary), .rows(input, stride: width), rows: vocabulary, depth: count,
        columns: width, to: gradients.dEmbedding, stride: width)
    }
    return (0..<tokens).reduce(0) { $0 + work.losses[$1] }
  }

  /// Gives a token's loss; with a factor, its logits become factor·(softmax − onehot).
  private func softmax(
    _ logits: UnsafeMutablePointer<Float>, _ count: Int, target: Int, factor: Float?
  ) -> Double {
    let wanted = logits[target]
    let (sum, largest) = vectors.exponentials(logits, count: count)
    let loss = log(Double(sum)) + Double(largest) - Double(wanted)
    if let factor {
      vectors.scale(logits, by: factor / sum, into: logits, count: count)
      logits[target] -= factor
    }
    return loss
  }
}
