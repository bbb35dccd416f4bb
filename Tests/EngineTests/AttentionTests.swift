import Foundation
import Kernels
import ModelFiles
import Testing

@testable import Engine

/// Attention over several tiles of keys, against softmax in Double and against itself.
@Suite struct AttentionTests {
  /// Grouped and plain heads, a width that is padded, more rows than one block wants, and windows.
  static let shapes = [
    (6, 2, 34, nil), (3, 3, 8, nil), (40, 1, 16, nil), (8, 2, 128, nil), (6, 2, 34, 300), (4, 1, 16, 7), (3, 3, 8, 1),
  ].map { (heads: Int, kvHeads: Int, headDim: Int, window: Int?) in
    TransformerShape(
      name: "h\(heads)g\(kvHeads)d\(headDim)", hidden: 24, layers: 2, heads: heads, kvHeads: kvHeads, headDim: headDim,
      feedForward: 16, vocabulary: 10, activation: .silu, subNorms: false, ropeTheta: 10_000, rmsNormEpsilon: 1e-5,
      context: 1000, tiedEmbeddings: true, attentionScale: window == 7 ? 0.4 : nil,
      localAttention: window.flatMap { LocalAttention(window: $0, ropeTheta: 10_000, isLocal: [false, true]) })
  }

  /// One layer's attention over 600 random tokens, with 3 threads.
  private struct Rig {
    let shape: TransformerShape
    let qkv: Linear
    let attention: RotaryAttention
    let scratch: Scratch
    // [tokens, stride]
    var inputs: [Float]

    static let tokens = 600

    init(_ shape: TransformerShape, format: CacheFormat) throws {
      self.shape = shape
      let pool = try ThreadPool(threads: 3, placement: .free)
      let model = try Transformer.synthetic(shape, seed: 3, kernel: naive, head: .f32, pool: pool)
      qkv = model.weights.layers[1].qkv
      scratch = try Scratch(
        ScratchSizes(
          shape: shape, kernels: KernelPlan(naive), head: .f32, context: Self.tokens, batch: 4, threads: 3))
      let op = try Operations(
        .init(activation: shape.activation, rmsNormEpsilon: shape.rmsNormEpsilon, cacheFormat: format),
        kernels: KernelPlan(naive), pool: pool, scratch: scratch)
      attention = RotaryAttention(
        op, shape: shape,
        rotary: try RotaryTable(headDim: shape.headDim, theta: shape.ropeTheta, context: Self.tokens, pool: pool),
        localRotary: nil,
        cache: try KeyValueCache(shape: shape, context: Self.tokens, format: format), scratch: scratch)
      var state: UInt64 = 9
      inputs = (0..<Self.tokens * qkv.stride).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 33)) * 0x1p-29
      }
    }

    /// The outputs of tokens fed in pieces: [tokens, heads·headDim]; `inputs` is rotated afterwards.
    mutating func outputs(pieces: [Int]) -> [Float] {
      let width = shape.queryWidth
      var out = [Float](repeating: 0, count: Self.tokens * width)
      var (position, piece) = (0, 0)
      while position < Self.tokens {
        let count = min(pieces[piece % pieces.count], Self.tokens - position)
        piece += 1
        inputs.withUnsafeMutableBufferPointer { inputs in
          out.withUnsafeMutableBufferPointer { out in
            let rows = inputs.baseAddress! + position * qkv.stride
            attention.rotateAndStore(rows, from: qkv, norms: nil, layer: 1, position: position, tokens: count)
            attention.attend(
              rows, from: qkv, layer: 1, position: position, tokens: count,
              into: out.baseAddress! + position * width)
          }
        }
        position += count
      }
      return out
    }

    /// softmax(q·Kᵀ·scale)·V of one token and head in Double, from rotated inputs.
    func expected(token: Int, head: Int, format: CacheFormat) -> [Double] {
      let (d, kvHead) = (shape.headDim, head / (shape.heads / shape.kvHeads))
      func kept(_ part: Int, _ token: Int) -> [Double] {
        let start = token * qkv.stride + qkv.starts[part] + kvHead * d
        let row = inputs[start..<start + d]
        switch format {
        case .f32: return row.map(Double.init)
        case .f16: return row.map { Double(float(FloatFormats.half($0))) }
        case .int8:
          let largest = row.map(abs).max()!
          return row.map { Double(($0 * (127 / largest)).rounded(.toNearestOrEven) * (largest / 127)) }
        }
      }
      let query = inputs[token * qkv.stride + head * d..<token * qkv.stride + (head + 1) * d].map(Double.init)
      let scale = shape.attentionScale.map(Double.init) ?? 1 / sqrt(Double(d))
      let first = max(0, token + 1 - (shape.localAttention?.window ?? Self.tokens))
      let scores = (first...token).map { zip(query, kept(1, $0)).reduce(0) { $0 + $1.0 * $1.1 } * scale }
      let largest = scores.max()!
      let weights = scores.map { exp($0 - largest) }
      var out = [Double](repeating: 0, count: d)
      for (place, weight) in weights.enumerated() {
        for (i, value) in kept(2, first + place).enumerated() { out[i] += weight * value }
      }
      return out.map { $0 / weights.reduce(0, +) }
    }

    /// A normal half as a float.
    private func float(_ half: UInt16) -> Float {
      let magnitude = Float(bitPattern: UInt32(half & 0x7fff) << 13) * 0x1p112
      return half & 0x8000 == 0 ? magnitude : -magnitude
    }
  }

  @Test(arguments: shapes, CacheFormat.allCases)
  func attentionIsSoftmaxOfScoresTimesValues(shape: TransformerShape, format: CacheFormat) throws {
    var rig = try Rig(shape, format: format)
    let out = rig.outputs(pieces: [600])
    for token in [0, 1, 15, 16, 31, 255, 256, 257, 511, 512, 520, 599] {
      for head in [0, shape.heads - 1] {
        let expected = rig.expected(token: token, head: head, format: format)
        let start = token * shape.queryWidth + head * shape.headDim
        for (actual, expected) in zip(out[start...], expected) {
          #expect(abs(Double(actual) - expected) < 5e-5, "token \(token), head \(head)")
        }
      }
    }
  }

  @Test(arguments: shapes, CacheFormat.allCases)
  func pastOneTileThePiecesDoNotMatter(shape: TransformerShape, format: CacheFormat) throws {
    var whole = try Rig(shape, format: format)
    let expected = bits(whole.outputs(pieces: [600]))
    for pieces in [[1], [255, 1, 2], [7], [300, 1], [64, 33]] {
      var cut = try Rig(shape, format: format)
      #expect(bits(cut.outputs(pieces: pieces)) == expected, "\(pieces)")
    }
  }
}
