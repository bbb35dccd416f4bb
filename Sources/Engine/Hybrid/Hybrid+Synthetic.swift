import Foundation
import Kernels
import ModelFiles

extension HybridShape {
  /// Generates ternary weights, the same for every kernel, packing, head format and thread count.
  ///
  /// They are drawn as those of `Transformer.synthetic`. What is never ternary begins where training begins: norms are 1,
  /// A is −1, −2, … (arXiv:2312.00752), steps Δ are spread over 0.001 to 0.1, λ is λ_init.
  ///
  /// - Throws: `EngineError` for a shape that cannot be run or is not ternary, `KernelError` when the system has not
  ///   enough memory.
  public func makeModel(
    seed: UInt64, kernels: KernelPlan, head: DenseFormat, pool: ThreadPool
  ) throws -> any LanguageModel {
    try Hybrid.synthetic(self, seed: seed, kernels: kernels, head: head, pool: pool)
  }
}

extension Hybrid {
  /// Generates ternary weights; as `HybridShape.makeModel`.
  ///
  /// - Throws: as `HybridShape.makeModel`.
  public static func synthetic(
    _ shape: HybridShape, seed: UInt64, kernels: KernelPlan, head: DenseFormat, pool: ThreadPool
  ) throws -> Hybrid {
    try shape.validate()
    try shape.validate(head: head)
    guard shape.denseWeights == nil, kernels.dense == nil else {
      throw EngineError(
        .mismatch, "shape \(shape.name): synthetic weights of a hybrid are ternary; kernel f16 holds them as halves")
    }
    let kinds = HybridShape.LayerKind.allCases.map { (matrices: shape.matrices($0), layers: shape.count($0)) }
    let memory = try WeightMemory(kinds: kinds, kernels: kernels, pool: pool)
    let base = SyntheticMaker(shape: shape.kernelShape, seed: seed, memory: memory, pool: pool)
    let maker = HybridMaker(shape: shape, base: base)
    let embedding = try base.embedding(format: head, stream: .embedding, isHead: shape.tiedEmbeddings)
    let weights = HybridWeights(
      embedding: embedding,
      head: shape.tiedEmbeddings ? embedding : try base.embedding(format: head, stream: .head, isHead: true),
      finalNorm: maker.norm(), layers: try (0..<shape.layers).map(maker.layer))
    return Hybrid(
      shape: shape, packings: kernels.packings, source: .synthetic(seed: seed), weights: weights,
      placed: memory.placed)
  }
}

/// Makes the parts of a synthetic hybrid.
private struct HybridMaker {
  let shape: HybridShape
  let base: SyntheticMaker

  func norm() -> LayerNorm {
    LayerNorm(
      weight: base.norm(shape.hidden), bias: [Float](repeating: 0, count: shape.hidden),
      epsilon: shape.layerNormEpsilon)
  }

  func layer(_ index: Int) throws -> HybridWeights.Layer {
    let kind = shape.kind(index)
    let isAttention = kind == .window || kind == .full || kind == .cross
    let matrices = shape.matrices(kind)
    // A layer has up to five matrices, and a layer's streams are four times four: so it takes those of two.
    let linears = try matrices.enumerated().map { place, matrix in
      let isBiased = isAttention && place < matrices.count - 2
      return Linear(
        matrix, .ternary(try base.linear(matrix, layer: 2 * index, matrix: place)),
        bias: isBiased ? matrix.parts.map { [Float](repeating: 0, count: $0) } : nil)
    }
    let mixer: HybridWeights.Mixer =
      switch kind {
      case .mamba: .mamba(try mamba(linears, layer: index))
      case .window: .window(attention(index, query: linears[0], keyValue: nil, output: linears[1]))
      case .full: .full(attention(index, query: linears[1], keyValue: linears[0], output: linears[2]))
      case .gatedMemory: .gatedMemory(GatedMemory(input: linears[0], output: linears[1]))
      case .cross: .cross(attention(index, query: linears[0], keyValue: nil, output: linears[1]))
      }
    return HybridWeights.Layer(
      mixerNorm: norm(), mixer: mixer, feedForwardNorm: norm(), gateUp: linears[linears.count - 2],
      down: linears[linears.count - 1])
  }

  private func attention(
    _ layer: Int, query: Linear, keyValue: Linear?, output: Linear
  ) -> DifferentialAttention {
    let start = HybridShape.lambdaInit(layer)
    return DifferentialAttention(
      query: query, keyValue: keyValue, output: output, lambda: Float(start),
      weight: [Float](repeating: Float(1 - start), count: 2 * shape.headDim))
  }

  private func mamba(_ linears: [Linear], layer: Int) throws -> Mamba {
    let (c, s) = (shape.channels, shape.state)
    let delta = try DenseMatrix(rows: c, columns: shape.deltaRank, format: .f16)
    try base.memory.place(head: delta)
    // Far above the streams of projections.
    base.fill(delta, stream: 1 << 32 + UInt64(layer))
    return Mamba(
      input: linears[0],
      // Every tap a half: as much as goes in comes out.
      taps: [Float](repeating: 0.5, count: c * shape.convolution), tapBias: [Float](repeating: 0, count: c),
      selection: linears[1], delta: DenseProduct(delta),
      deltaBias: (0..<c).map { channel in
        // The softplus of it is a step between 0.001 and 0.1, evenly in the logarithm.
        let step = 0.001 * pow(100, Double(channel) / Double(c))
        return Float(log(expm1(step)))
      },
      decay: (0..<c * s).map { -Float($0 % s + 1) }, skip: [Float](repeating: 1, count: c), output: linears[2])
  }
}
