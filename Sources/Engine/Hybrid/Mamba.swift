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
  // [blocks of channels, s, channels of a block]: A = −exp(A_log), all negative; 0 past the last channel
  let decay: [Float]
  // [c]: D
  let skip: [Float]
  // c → hidden
  let output: Linear

  /// `decay` is A, [c, s].
  init(
    input: Linear, taps: [Float], tapBias: [Float], selection: Linear, delta: DenseProduct, deltaBias: [Float],
    decay: [Float], skip: [Float], output: Linear
  ) {
    self.input = input
    self.taps = taps
    self.tapBias = tapBias
    self.selection = selection
    self.delta = delta
    self.deltaBias = deltaBias
    self.skip = skip
    self.output = output
    let (c, block) = (skip.count, SelectiveScan.blockChannels)
    let s = decay.count / max(c, 1)
    var blocks = [Float](repeating: 0, count: Self.rounded(c) * s)
    for channel in 0..<c {
      for state in 0..<s {
        blocks[(channel / block * s + state) * block + channel % block] = decay[channel * s + state]
      }
    }
    self.decay = blocks
  }

  /// Channels in whole blocks.
  static func rounded(_ channels: Int) -> Int {
    KeyValueCache.rounded(channels, to: SelectiveScan.blockChannels)
  }
}

/// The states of all Mamba layers of one session.
final class MambaState {
  private let buffer: AlignedBuffer
  private let stateCount: Int
  private let layerCount: Int

  init(_ shape: HybridShape) throws {
    buffer = try AlignedBuffer(bytes: Self.bytes(shape))
    stateCount = Mamba.rounded(shape.channels) * shape.state
    layerCount = Self.count(shape)
  }

  static func bytes(_ shape: HybridShape) -> Int {
    saturatingProduct([shape.count(.mamba), count(shape), MemoryLayout<Float>.stride])
  }

  private static func count(_ shape: HybridShape) -> Int {
    saturatingSum([
      saturatingProduct([Mamba.rounded(shape.channels), shape.state]),
      saturatingProduct([shape.channels, shape.convolution - 1]),
    ])
  }

  private var floats: UnsafeMutablePointer<Float> { buffer.address.assumingMemoryBound(to: Float.self) }

  // [blocks of channels, s, channels of a block]: H of one layer, by its place among the Mamba layers
  func hidden(_ index: Int) -> UnsafeMutablePointer<Float> { floats + index * layerCount }
  // [width − 1, c]: the last inputs of its convolution
  func tail(_ index: Int) -> UnsafeMutablePointer<Float> { hidden(index) + stateCount }

  func reset() { buffer.address.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.bytes) }
  func copy(_ other: MambaState) {
    buffer.address.copyMemory(from: other.buffer.address, byteCount: buffer.bytes)
  }
  func fill(seed: UInt64) {
    var random = UniformNumbers(seed: seed)
    for i in 0..<buffer.bytes / MemoryLayout<Float>.stride { floats[i] = random.next() }
  }
}

/// The operations of a Mamba layer between its matrices.
///
/// Threads take channels, which know nothing of each other.
struct MambaOperations {
  let op: Operations
  let shape: HybridShape
  let ones: UnsafePointer<Float>
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
    op.pool.parallelRows(c, multipleOf: SelectiveScan.blockChannels) { _, own in
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

  /// Runs the selective scan, token by token, each block of channels for all tokens.
  ///
  ///     Δ = softplus(W_Δ·r + b_Δ)    H = exp(Δ·A) ⊙ H + (Δ·u') ⊗ B    y = H·C + D ⊙ u'    out = y ⊙ silu(z)
  ///
  /// r: [tokens, rank] in `narrow`, u': [tokens, c] in `convolved`, B and C in `selected`, z in `projected`. W_Δ·r is
  /// left in `delta` [tokens, c], y in `memory` [tokens, c] where somebody will read it.
  func scan(
    _ layer: Mamba, narrow: UnsafePointer<Float>, convolved: UnsafePointer<Float>, selected: UnsafePointer<Float>,
    projected: UnsafePointer<Float>, tokens: Int, hidden: UnsafeMutablePointer<Float>,
    delta: UnsafeMutablePointer<Float>, memory: UnsafeMutablePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    let (c, s, block) = (shape.channels, shape.state, SelectiveScan.blockChannels)
    let z = projected + layer.input.starts[1]
    let (b, c0) = (selected + layer.selection.starts[1], selected + layer.selection.starts[2])
    op.pool.parallelRows(c, multipleOf: block) { _, own in
      layer.delta.multiply(rows: own, narrow, tokens: tokens, into: delta, stride: c)
      layer.with { bias, skip, decay in
        for first in stride(from: own.lowerBound, to: own.upperBound, by: block) {
          vectors.scan(
            SelectiveScan(
              tokens: tokens, states: s, channels: min(block, own.upperBound - first), deltaBias: bias + first,
              skip: skip + first, decay: decay + first * s, hidden: hidden + first * s, delta: delta + first,
              deltaStride: c, u: convolved + first, uStride: c, z: z + first, zStride: layer.input.stride, b: b, c: c0,
              selectedStride: layer.selection.stride, y: memory.map { $0 + first }, out: out + first, outStride: c))
        }
      }
    }
  }
}

extension Mamba {
  /// Hands out b_Δ, D and A, which no scan writes.
  fileprivate func with(
    _ body: (_ bias: UnsafePointer<Float>, _ skip: UnsafePointer<Float>, _ decay: UnsafePointer<Float>) -> Void
  ) {
    deltaBias.withUnsafeBufferPointer { bias in
      skip.withUnsafeBufferPointer { skip in
        decay.withUnsafeBufferPointer { body(bias.baseAddress!, skip.baseAddress!, $0.baseAddress!) }
      }
    }
  }
}
