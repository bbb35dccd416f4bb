import Foundation
import Kernels
import ModelFiles

extension Hybrid {
  /// Reads a model of any container, tensor by tensor on all threads.
  ///
  /// - Parameters:
  ///   - kernels: what ternary matrices are packed for; dense ones keep their formats, and the plan has no say.
  ///   - head: how the head and the embedding are stored, nil for the format that they have.
  ///   - hashing: whether to compute the files' SHA-256, which takes a few seconds per gigabyte.
  /// - Throws: `ModelFileError` that names the file and the tensor; `EngineError` for a shape that cannot be run, or
  ///   ternary weights and a plan without kernels for them; `KernelError` when the system has not enough memory.
  public static func load(
    _ stored: any StoredHybrid, kernels: KernelPlan, head: DenseFormat? = nil, pool: ThreadPool, hashing: Bool = true
  ) throws -> Hybrid {
    let shape = try HybridShape(stored, name: stored.path)
    if let head { try shape.validate(head: head) }
    let plan = shape.effective(kernels)
    try shape.validate(kernels: plan)
    let kinds = HybridShape.LayerKind.allCases.map { (matrices: shape.matrices($0), layers: shape.count($0)) }
    let memory = try WeightMemory(kinds: plan.dense == nil ? kinds : [], kernels: plan, pool: pool)
    let loader = HybridLoader(
      stored: stored, shape: shape, dense: DenseLoader(memory: memory, pool: pool),
      ternary: TernaryLoader(memory: memory, pool: pool))
    let embedding = try loader.embedding(.embedding, as: head, isHead: shape.tiedEmbeddings)
    let weights = HybridWeights(
      embedding: embedding,
      head: shape.tiedEmbeddings ? embedding : try loader.embedding(.head, as: head, isHead: true),
      finalNorm: try loader.norm(.finalNorm, .finalNormBias), layers: try (0..<shape.layers).map(loader.layer))
    let hash = hashing ? stored.sha256() : nil
    return Hybrid(
      shape: shape, packings: plan.packings, source: .file(path: stored.path, sha256: hash, format: stored.format),
      weights: weights, placed: memory.placed)
  }
}

/// Turns the tensors of a file into the parts of a hybrid.
private struct HybridLoader {
  let stored: any StoredHybrid
  let shape: HybridShape
  let dense: DenseLoader
  let ternary: TernaryLoader

  func embedding(_ tensor: HybridTensor, as format: DenseFormat?, isHead: Bool) throws -> DenseMatrix {
    try dense.load(stored.matrix(tensor), as: format, isMultiplied: isHead)
  }

  func norm(_ weight: HybridTensor, _ bias: HybridTensor) throws -> LayerNorm {
    LayerNorm(weight: try stored.floats(weight), bias: try stored.floats(bias), epsilon: shape.layerNormEpsilon)
  }

  func layer(_ index: Int) throws -> HybridWeights.Layer {
    let it = HybridLayerLoader(loader: self, index: index)
    let kind = shape.kind(index)
    let matrices = shape.matrices(kind)
    let mixer: HybridWeights.Mixer =
      switch kind {
      case .mamba: .mamba(try it.mamba(matrices))
      case .window:
        .window(
          try it.attention(
            query: try it.linear(matrices[0], .query, .key, .value, bias: [.queryBias, .keyBias, .valueBias]),
            output: matrices[1]))
      // Its queries are a projection of their own: those of a prompt's last token alone are looked at.
      case .full:
        .full(
          try it.attention(
            query: try it.linear(matrices[1], .query, bias: [.queryBias]),
            keyValue: try it.linear(matrices[0], .key, .value, bias: [.keyBias, .valueBias]), output: matrices[2]))
      case .gatedMemory:
        .gatedMemory(
          GatedMemory(input: try it.linear(matrices[0], .memoryGate), output: try it.linear(matrices[1], .memoryOutput))
        )
      case .cross:
        .cross(
          try it.attention(query: try it.linear(matrices[0], .query, bias: [.queryBias]), output: matrices[1]))
      }
    return HybridWeights.Layer(
      mixerNorm: try norm(.layer(index, .mixerNorm), .layer(index, .mixerNormBias)), mixer: mixer,
      feedForwardNorm: try norm(.layer(index, .feedForwardNorm), .layer(index, .feedForwardNormBias)),
      gateUp: try it.linear(matrices[matrices.count - 2], .gate, .up),
      down: try it.linear(matrices[matrices.count - 1], .down))
  }
}

/// Turns the tensors of one layer into its parts.
private struct HybridLayerLoader {
  let loader: HybridLoader
  let index: Int
  private var stored: any StoredHybrid { loader.stored }
  private var shape: HybridShape { loader.shape }

  private func floats(_ part: HybridTensor.Part) throws -> [Float] { try stored.floats(.layer(index, part)) }

  func mamba(_ matrices: [TransformerShape.Matrix]) throws -> Mamba {
    let (c, width) = (shape.channels, shape.convolution)
    // [c, width] in the file: all taps of a channel together, and here all channels of a tap.
    let taps = try floats(.convolution)
    let delta = try stored.matrix(.layer(index, .delta))
    return Mamba(
      input: try linear(matrices[0], .mambaInput, .mambaGate),
      taps: (0..<width).flatMap { tap in (0..<c).map { taps[$0 * width + tap] } },
      tapBias: try floats(.convolutionBias),
      selection: try linear(matrices[1], .selectionDelta, .selectionB, .selectionC),
      delta: DenseProduct(try loader.dense.load(delta, isMultiplied: true)), deltaBias: try floats(.deltaBias),
      decay: try floats(.decayLog).map { -exp($0) }, skip: try floats(.skip),
      output: try linear(matrices[2], .mambaOutput))
  }

  func attention(
    query: Linear, keyValue: Linear? = nil, output: TransformerShape.Matrix
  ) throws -> DifferentialAttention {
    func product(_ one: HybridTensor.Part, _ other: HybridTensor.Part) throws -> Double {
      zip(try floats(one), try floats(other)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let start = HybridShape.lambdaInit(index)
    let lambda = exp(try product(.lambdaQ1, .lambdaK1)) - exp(try product(.lambdaQ2, .lambdaK2)) + start
    guard lambda.isFinite else {
      throw ModelFileError(
        file: stored.path, part: try stored.stored(.layer(index, .lambdaQ1)).name,
        problem: "makes λ \(lambda): it and its three fellows are too large; the file is damaged: download it again")
    }
    return DifferentialAttention(
      query: query, keyValue: keyValue,
      output: try linear(output, .attentionOutput, bias: [.attentionOutputBias]), lambda: Float(lambda),
      weight: try floats(.subNorm).map { Float(Double($0) * (1 - start)) })
  }

  /// Projections of one input, as the file has them.
  func linear(
    _ matrix: TransformerShape.Matrix, _ parts: HybridTensor.Part..., bias: [HybridTensor.Part]? = nil
  ) throws -> Linear {
    let tensors = parts.map { HybridTensor.layer(index, $0) }
    let weights: Linear.Weights
    if stored.isTernary {
      let projections = try tensors.map { try stored.projection($0, forEachRow: loader.ternary.forEachRow) }
      weights = .ternary(try loader.ternary.load(matrix, projections))
    } else {
      weights = .dense(try tensors.map { DenseProduct(try loader.dense.load(stored.matrix($0), isMultiplied: true)) })
    }
    return Linear(matrix, weights, bias: try bias?.map(floats))
  }
}
