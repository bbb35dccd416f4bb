import Engine
import Kernels

/// Where queries, keys and values of a batch lie: [sequences · context, stride], rotated; a row holds all query heads,
/// then all key heads, then all value heads, `headDim` floats each.
struct AttentionShape: Sendable {
  let heads: Int
  let kvHeads: Int
  let headDim: Int
  /// Tokens of one sequence.
  let context: Int

  init(_ shape: TransformerShape, context: Int) {
    (heads, kvHeads, headDim) = (shape.heads, shape.kvHeads, shape.headDim)
    self.context = context
  }

  /// Query heads of one key head.
  var group: Int { heads / kvHeads }
  /// Floats of a row.
  var stride: Int { (heads + 2 * kvHeads) * headDim }
  /// Keys in whole registers of eight.
  var paddedContext: Int { (context + 7) / 8 * 8 }
  /// Neighbouring tokens of one block; as in the engine, 32 rows share keys while these are in a cache.
  var blockTokens: Int { max(1, 32 / group) }
  /// Rows of one block: a token and a query head each.
  var blockRows: Int { blockTokens * group }
  /// Floats that one thread works in: keys and values turned, weights and their gradients and both turned, then
  /// queries, outputs and their gradients of a block.
  ///
  /// Scores are kept for one block only: O(context) per row.
  var workFloats: Int { (2 * headDim + 4 * blockRows) * paddedContext + 4 * blockRows * headDim }
}

/// One key head of one sequence, its query heads, and one thread's memory: the unit of attention work.
///
/// The scores of a block of tokens are made anew in the backward pass instead of being kept
/// (FlashAttention, arXiv:2205.14135): memory grows with the context and not with its square.
struct AttentionHead {
  let shape: AttentionShape
  let vectors: VectorOps
  let sequence: Int
  let kvHead: Int
  let work: UnsafeMutablePointer<Float>

  // MARK: Places

  private var d: Int { shape.headDim }
  private var padded: Int { shape.paddedContext }
  /// Kᵀ: [headDim, paddedContext].
  private var keys: UnsafeMutablePointer<Float> { work }
  /// Vᵀ: [headDim, paddedContext].
  private var values: UnsafeMutablePointer<Float> { work + d * padded }
  /// P: [rows, paddedContext].
  private var weights: UnsafeMutablePointer<Float> { work + 2 * d * padded }
  /// dP, then dS: [rows, paddedContext].
  private var weightGradients: UnsafeMutablePointer<Float> { weights + shape.blockRows * padded }
  /// Pᵀ and dSᵀ: [keys, rows].
  private var turnedWeights: UnsafeMutablePointer<Float> { weightGradients + shape.blockRows * padded }
  private var turnedGradients: UnsafeMutablePointer<Float> { turnedWeights + shape.blockRows * padded }
  /// q·scale, o, do and dq: [rows, headDim].
  private var queries: UnsafeMutablePointer<Float> { turnedGradients + shape.blockRows * padded }
  private var outputs: UnsafeMutablePointer<Float> { queries + shape.blockRows * d }
  private var outputGradients: UnsafeMutablePointer<Float> { outputs + shape.blockRows * d }
  private var queryGradients: UnsafeMutablePointer<Float> { outputGradients + shape.blockRows * d }

  /// Where the first query head of a token stands in its row, and in rows of outputs.
  private var queryOffset: Int { kvHead * shape.group * d }
  private var keyOffset: Int { (shape.heads + kvHead) * d }
  private var valueOffset: Int { (shape.heads + shape.kvHeads + kvHead) * d }
  private var outputStride: Int { shape.heads * d }
  private var scale: Float { 1 / Float(d).squareRoot() }

  private func row(_ token: Int) -> Int { sequence * shape.context + token }

  private func blocks() -> StrideTo<Int> { stride(from: 0, to: shape.context, by: shape.blockTokens) }

  private func tokens(from first: Int) -> Range<Int> { first..<min(first + shape.blockTokens, shape.context) }

  // MARK: Forward

  /// out = softmax(q·kᵀ·scale)·v over a token's own and all earlier positions; out: [tokens, heads·headDim].
  func forward(_ qkv: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
    turn(qkv, offset: keyOffset, into: keys)
    for first in blocks() {
      let tokens = tokens(from: first)
      attend(qkv, tokens)
      for token in tokens {
        let start = (token - first) * shape.group * d
        (out + row(token) * outputStride + queryOffset).update(from: outputs + start, count: shape.group * d)
      }
    }
  }

  /// P of a block of tokens, divided by their sums only in o: `weights` [rows, keys] are e^(score − largest).
  ///
  /// Gives the sums.
  @discardableResult
  private func attend(_ qkv: UnsafePointer<Float>, _ tokens: Range<Int>) -> [Float] {
    let rows = tokens.count * shape.group
    let columns = (tokens.upperBound + 7) / 8 * 8
    for token in tokens {
      let first = (token - tokens.lowerBound) * shape.group * d
      vectors.scale(
        qkv + row(token) * shape.stride + queryOffset, by: scale, into: queries + first, count: shape.group * d)
    }
    for row in 0..<rows { (weights + row * padded).update(repeating: 0, count: columns) }
    vectors.multiplyAdd(
      queries, stride: d, rows: rows, depth: d, keys, stride: padded, columns: columns, to: weights, stride: padded)
    var sums = [Float](repeating: 0, count: rows)
    for token in tokens {
      for row in (token - tokens.lowerBound) * shape.group..<(token - tokens.lowerBound + 1) * shape.group {
        let scores = weights + row * padded
        sums[row] = vectors.exponentials(scores, count: token + 1).sum
        (scores + token + 1).update(repeating: 0, count: columns - token - 1)
      }
    }
    outputs.update(repeating: 0, count: rows * d)
    vectors.multiplyAdd(
      weights, stride: padded, rows: rows, depth: tokens.upperBound, qkv + row(0) * shape.stride + valueOffset,
      stride: shape.stride, columns: d, to: outputs, stride: d)
    for row in 0..<rows { vectors.scale(outputs + row * d, by: 1 / sums[row], into: outputs + row * d, count: d) }
    return sums
  }

  // MARK: Backward

  /// dqkv += the gradients of `forward` for this head's columns, which no other head writes.
  ///
  /// dS = P ∘ (dP − Σ do∘o), dP = do·vᵀ; dq = scale·dS·k, dk = dSᵀ·(scale·q), dv = Pᵀ·do.
  func backward(
    _ qkv: UnsafePointer<Float>, _ dOut: UnsafePointer<Float>, into dQKV: UnsafeMutablePointer<Float>
  ) {
    turn(qkv, offset: keyOffset, into: keys)
    turn(qkv, offset: valueOffset, into: values)
    for first in blocks() {
      let tokens = tokens(from: first)
      let sums = attend(qkv, tokens)
      for token in tokens {
        let start = (token - first) * shape.group * d
        (outputGradients + start).update(
          from: dOut + row(token) * outputStride + queryOffset, count: shape.group * d)
      }
      scoreGradients(tokens, sums)
      spread(qkv, tokens, into: dQKV)
    }
  }

  /// `weights` become P and `weightGradients` dS.
  private func scoreGradients(_ tokens: Range<Int>, _ sums: [Float]) {
    let columns = (tokens.upperBound + 7) / 8 * 8
    for row in sums.indices {
      vectors.scale(weights + row * padded, by: 1 / sums[row], into: weights + row * padded, count: columns)
      (weightGradients + row * padded).update(repeating: 0, count: columns)
    }
    vectors.multiplyAdd(
      outputGradients, stride: d, rows: sums.count, depth: d, values, stride: padded, columns: columns,
      to: weightGradients, stride: padded)
    for row in sums.indices {
      let projection = vectors.dot(outputGradients + row * d, outputs + row * d, count: d)
      let (p, dS) = (weights + row * padded, weightGradients + row * padded)
      for key in 0..<columns { dS[key] = p[key] * (dS[key] - projection) }
    }
  }

  /// dS and P to queries, keys and values.
  private func spread(_ qkv: UnsafePointer<Float>, _ tokens: Range<Int>, into dQKV: UnsafeMutablePointer<Float>) {
    let rows = tokens.count * shape.group
    let (count, origin) = (tokens.upperBound, row(0) * shape.stride)
    queryGradients.update(repeating: 0, count: rows * d)
    vectors.multiplyAdd(
      weightGradients, stride: padded, rows: rows, depth: count, qkv + origin + keyOffset, stride: shape.stride,
      columns: d, to: queryGradients, stride: d)
    for token in tokens {
      let start = (token - tokens.lowerBound) * shape.group * d
      vectors.axpy(
        scale, queryGradients + start, dQKV + row(token) * shape.stride + queryOffset, count: shape.group * d)
    }
    turnBlock(weights, rows: rows, keys: count, into: turnedWeights)
    turnBlock(weightGradients, rows: rows, keys: count, into: turnedGradients)
    vectors.multiplyAdd(
      turnedGradients, stride: rows, rows: count, depth: rows, queries, stride: d, columns: d,
      to: dQKV + origin + keyOffset, stride: shape.stride)
    vectors.multiplyAdd(
      turnedWeights, stride: rows, rows: count, depth: rows, outputGradients, stride: d, columns: d,
      to: dQKV + origin + valueOffset, stride: shape.stride)
  }

  // MARK: Turning

  /// One head of all tokens as [headDim, paddedContext], zeros behind the last token.
  private func turn(_ qkv: UnsafePointer<Float>, offset: Int, into turned: UnsafeMutablePointer<Float>) {
    for i in 0..<d { (turned + i * padded + shape.context).update(repeating: 0, count: padded - shape.context) }
    for token in 0..<shape.context {
      let source = qkv + row(token) * shape.stride + offset
      for i in 0..<d { turned[i * padded + token] = source[i] }
    }
  }

  /// [rows, paddedContext] to [keys, rows].
  private func turnBlock(
    _ block: UnsafePointer<Float>, rows: Int, keys: Int, into turned: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let source = block + row * padded
      for key in 0..<keys { turned[key * rows + row] = source[key] }
    }
  }
}
