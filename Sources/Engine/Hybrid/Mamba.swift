import Foundation
import Kernels
import ModelFiles

/// A selective state space, Mamba-1 (arXiv:2312.00752), with c channels of s numbers each.
struct Mamba: Sendable {
  // hidden → [c | c]: u and its gate z
  let input: Linear
  // [width, c]: the taps of the causal convolution, the oldest position first
  let taps: [Float]
  // [c]
  let tapBias: [Float]
  // c → [rank | s | s]: Δ's narrow form, B and C
  let selection: Linear
  // rank → c
  let delta: DenseProduct
  // [c]
  let deltaBias: [Float]
  // [c, s], all negative: −exp(A_log)
  let decay: [Float]
  // [c]: D
  let skip: [Float]
  // c → hidden
  let output: Linear

  /// Channels whose decays are computed together: their exponentials fill whole vectors.
  static let blockChannels = 16
  /// Floats that a thread needs for the decays of a block, in whole cache lines.
  static func decays(state: Int) -> Int {
    saturatingSum([saturatingProduct([blockChannels, state]), 1, 15]) / 16 * 16
  }
}

/// The states of all Mamba layers of one session.
final class MambaState {
  private let buffer: AlignedBuffer
  private let stateCount: Int
  private let layerCount: Int

  init(_ shape: HybridShape) throws {
    buffer = try AlignedBuffer(bytes: Self.bytes(shape))
    stateCount = shape.channels * shape.state
    layerCount = Self.count(shape)
  }

  static func bytes(_ shape: HybridShape) -> Int {
    saturatingProduct([shape.count(.mamba), count(shape), MemoryLayout<Float>.stride])
  }

  private static func count(_ shape: HybridShape) -> Int {
    saturatingProduct([shape.channels, saturatingSum([shape.state, shape.convolution - 1])])
  }

  private var floats: UnsafeMutablePointer<Float> { buffer.address.assumingMemoryBound(to: Float.self) }

  // [c, s]: H of one layer, by its place among the Mamba layers
  func hidden(_ index: Int) -> UnsafeMutablePointer<Float> { floats + index * layerCount }
  // [width − 1, c]: the last inputs of its convolution
  func tail(_ index: Int) -> UnsafeMutablePointer<Float> { hidden(index) + stateCount }

  func reset() { buffer.address.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.bytes) }
  func copy(_ other: MambaState) {
    buffer.address.copyMemory(from: other.buffer.address, byteCount: buffer.bytes)
  }
}

/// The operations of a Mamba layer between its matrices.
///
/// Threads take channels, which know nothing of each other.
struct MambaOperations {
  let op: Operations
  let shape: HybridShape
  let ones: UnsafePointer<Float>
  // [threads, blockChannels · s + 1]
  let decays: UnsafeMutablePointer<Float>
  private var vectors: VectorOps { op.vectors }

  /// u' = silu(bias + Σ_k w_k · u_{t − width + 1 + k}): out [tokens, c] from projected [tokens, u | z].
  ///
  /// `tail` holds the inputs before the first token, zeros at the start, and those before the next one afterwards.
  func convolve(
    _ layer: Mamba, _ projected: UnsafePointer<Float>, tokens: Int, tail: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let (c, before, stride) = (shape.channels, shape.convolution - 1, layer.input.stride)
    let u = projected + layer.input.starts[0]
    func input(_ token: Int) -> UnsafePointer<Float> {
      token >= 0 ? u + token * stride : UnsafePointer(tail + (token + before) * c)
    }
    op.pool.parallelRows(c, multipleOf: Mamba.blockChannels) { _, own in
      let (start, count) = (own.lowerBound, own.count)
      for token in 0..<tokens {
        let row = out + token * c + start
        layer.tapBias.withUnsafeBufferPointer { row.update(from: $0.baseAddress! + start, count: count) }
        for k in 0...before {
          let input = input(token - before + k) + start
          layer.taps.withUnsafeBufferPointer { taps in
            let taps = taps.baseAddress! + k * c + start
            for i in 0..<count { row[i] += taps[i] * input[i] }
          }
        }
        vectors.siluMultiply(gate: row, up: ones, into: row, count: count)
      }
      // Ascending: a row is read before it is written.
      for place in 0..<before {
        (tail + place * c + start).update(from: input(tokens - before + place) + start, count: count)
      }
    }
  }

  /// Runs the selective scan, token by token.
  ///
  ///     Δ = softplus(W_Δ·r + b_Δ)    H = exp(Δ·A) ⊙ H + (Δ·u') ⊗ B    y = H·C + D ⊙ u'    out = y ⊙ silu(z)
  ///
  /// r: [tokens, rank] in `narrow`, u': [tokens, c] in `convolved`, B and C in `selected`, z in `projected`. Δ is left
  /// in `delta` [tokens, c], y in `memory` [tokens, c] where somebody will read it.
  func scan(
    _ layer: Mamba, narrow: UnsafePointer<Float>, convolved: UnsafePointer<Float>, selected: UnsafePointer<Float>,
    projected: UnsafePointer<Float>, tokens: Int, hidden: UnsafeMutablePointer<Float>,
    delta: UnsafeMutablePointer<Float>, memory: UnsafeMutablePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    let (c, s) = (shape.channels, shape.state)
    op.pool.parallelRows(c, multipleOf: Mamba.blockChannels) { thread, own in
      layer.delta.multiply(rows: own, narrow, tokens: tokens, into: delta, stride: c)
      let decays = decays + thread * Mamba.decays(state: s)
      for first in stride(from: own.lowerBound, to: own.upperBound, by: Mamba.blockChannels) {
        let channels = first..<min(first + Mamba.blockChannels, own.upperBound)
        for token in 0..<tokens {
          let place = token * c + first
          let row = selected + token * layer.selection.stride
          softplus(delta + place, bias: layer.deltaBias, channels: channels)
          let y = (memory ?? out) + place
          step(
            layer, channels: channels, delta: delta + place, u: convolved + place,
            B: row + layer.selection.starts[1], C: row + layer.selection.starts[2], hidden: hidden + first * s,
            decays: decays, into: y)
          let z = projected + token * layer.input.stride + layer.input.starts[1] + first
          vectors.siluMultiply(gate: z, up: y, into: out + place, count: channels.count)
        }
      }
    }
  }

  /// ln(1 + e^(x + b)), in Double as e^x may be large; from 20 on it is x to the last bit of a Float.
  private func softplus(_ x: UnsafeMutablePointer<Float>, bias: [Float], channels: Range<Int>) {
    for (i, channel) in channels.enumerated() {
      let sum = x[i] + bias[channel]
      x[i] = sum > 20 ? sum : Float(log1p(exp(Double(sum))))
    }
  }

  /// One token for the channels of a block: hidden [channels, s], y [channels].
  private func step(
    _ layer: Mamba, channels: Range<Int>, delta: UnsafePointer<Float>, u: UnsafePointer<Float>,
    B: UnsafePointer<Float>, C: UnsafePointer<Float>, hidden: UnsafeMutablePointer<Float>,
    decays: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    let s = shape.state
    let numbers = channels.count * s
    layer.decay.withUnsafeBufferPointer { decay in
      let rows = decay.baseAddress! + channels.lowerBound * s
      for i in 0..<channels.count { vectors.scale(rows + i * s, by: delta[i], into: decays + i * s, count: s) }
    }
    // None is positive, so that with a zero behind them the largest is 0, and nothing is taken off.
    decays[numbers] = 0
    _ = vectors.exponentials(decays, count: numbers + 1)
    vectors.scaleByWeights(hidden, scale: 1, weight: decays, into: hidden, count: numbers)
    for i in 0..<channels.count {
      let row = hidden + i * s
      vectors.axpy(delta[i] * u[i], B, row, count: s)
      y[i] = vectors.dot(row, C, count: s) + layer.skip[channels.lowerBound + i] * u[i]
    }
  }
}
