import Engine
import Foundation
import Kernels

/// Cosines and sines of rotary positions, as the engine's table has them, and the sines negated: the way back.
struct RotaryAngles: Sendable {
  /// Pairs of one head.
  let half: Int
  private let cosines: [Float]
  private let sines: [Float]
  private let backSines: [Float]

  /// Angles p·θ^(−2i/d) for positions below `context`, computed in Double.
  init(headDim: Int, theta: Double, context: Int) {
    half = headDim / 2
    let frequencies = (0..<headDim / 2).map { pow(theta, -2 * Double($0) / Double(headDim)) }
    let angles = (0..<context).flatMap { position in frequencies.map { Double(position) * $0 } }
    cosines = angles.map { Float(cos($0)) }
    sines = angles.map { Float(sin($0)) }
    backSines = sines.map { -$0 }
  }

  /// Rotates one head at a position, forth or back.
  func rotate(_ head: UnsafeMutablePointer<Float>, position: Int, back: Bool, vectors: VectorOps) {
    cosines.withUnsafeBufferPointer { cosines in
      (back ? backSines : sines).withUnsafeBufferPointer { sines in
        guard let cosines = cosines.baseAddress, let sines = sines.baseAddress else { return }
        vectors.rope(head, cosines: cosines + position * half, sines: sines + position * half, half: half)
      }
    }
  }
}

extension TrainingOperations {
  /// Rotates queries and keys in place to their positions, or gradients back: a rotation's transpose is its inverse.
  func rotate(
    _ qkv: UnsafeMutablePointer<Float>, _ shape: AttentionShape, _ angles: RotaryAngles, tokens: Int, back: Bool
  ) {
    forEachRow(tokens) { row in
      for head in 0..<shape.heads + shape.kvHeads {
        angles.rotate(
          qkv + row * shape.stride + head * shape.headDim, position: row % shape.context, back: back, vectors: vectors)
      }
    }
  }

  /// Causal attention of every head of every sequence; qkv: [tokens, stride], out: [tokens, heads·headDim].
  ///
  /// `work` holds `shape.workFloats` for each thread.
  func attend(
    _ qkv: UnsafePointer<Float>, _ shape: AttentionShape, sequences: Int, work: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    forEachHead(shape, sequences, work) { $0.forward(qkv, into: out) }
  }

  /// dqkv = the gradients of `attend`, rotated still.
  func attendBackward(
    _ qkv: UnsafePointer<Float>, dOut: UnsafePointer<Float>, _ shape: AttentionShape, sequences: Int,
    work: UnsafeMutablePointer<Float>, into dQKV: UnsafeMutablePointer<Float>
  ) {
    clear(dQKV, sequences * shape.context * shape.stride)
    forEachHead(shape, sequences, work) { $0.backward(qkv, dOut, into: dQKV) }
  }

  private func forEachHead(
    _ shape: AttentionShape, _ sequences: Int, _ work: UnsafeMutablePointer<Float>, _ body: (AttentionHead) -> Void
  ) {
    pool.parallelItems(sequences * shape.kvHeads) { thread, item in
      let (sequence, head) = item.quotientAndRemainder(dividingBy: shape.kvHeads)
      body(
        AttentionHead(
          shape: shape, vectors: vectors, sequence: sequence, kvHead: head, work: work + thread * shape.workFloats))
    }
  }
}
