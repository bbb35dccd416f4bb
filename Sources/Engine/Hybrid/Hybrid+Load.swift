import Foundation
import Kernels
import ModelFiles

extension Hybrid {
  /// Reads a checkpoint, tensor by tensor on all threads; matrices keep their formats.
  ///
  /// - Parameters:
  ///   - head: how the head and the embedding are stored, nil for the format that they have.
  ///   - hashing: whether to compute the files' SHA-256, which takes a few seconds per gigabyte.
  /// - Throws: `ModelFileError` that names the file and the tensor; `EngineError` for a shape that cannot be run;
  ///   `KernelError` when the system has not enough memory.
  public static func load(
    _ checkpoint: HybridCheckpoint, head: DenseFormat? = nil, pool: ThreadPool, hashing: Bool = true
  ) throws -> Hybrid {
    let shape = try HybridShape(checkpoint, name: checkpoint.path)
    if let head { try shape.validate(head: head) }
    let plan = KernelPlan(dense: DenseKernel.best(for: shape.denseWeights ?? .f32))
    let memory = try WeightMemory(kinds: [], kernels: plan, pool: pool)
    let loader = HybridLoader(checkpoint: checkpoint, shape: shape, dense: DenseLoader(memory: memory, pool: pool))
    let embedding = try loader.embedding(HybridNames.embedding, as: head, isHead: shape.tiedEmbeddings)
    let weights = HybridWeights(
      embedding: embedding,
      head: shape.tiedEmbeddings ? embedding : try loader.embedding(HybridNames.head, as: head, isHead: true),
      finalNorm: try loader.norm(HybridNames.finalNorm), layers: try (0..<shape.layers).map(loader.layer))
    let hash = hashing ? checkpoint.sha256() : nil
    return Hybrid(
      shape: shape, packings: [], source: .file(path: checkpoint.path, sha256: hash, format: checkpoint.format),
      weights: weights, placed: memory.placed)
  }
}

/// Turns the tensors of a checkpoint into the parts of a hybrid.
private struct HybridLoader {
  let checkpoint: HybridCheckpoint
  let shape: HybridShape
  let dense: DenseLoader

  func embedding(_ name: String, as format: DenseFormat?, isHead: Bool) throws -> DenseMatrix {
    let stored = try checkpoint.matrix(name, rows: shape.vocabulary, columns: shape.hidden)
    return try dense.load(stored, as: format, isMultiplied: isHead)
  }

  func norm(_ name: String) throws -> LayerNorm {
    LayerNorm(
      weight: try checkpoint.floats("\(name).weight", shape: [shape.hidden]),
      bias: try checkpoint.floats("\(name).bias", shape: [shape.hidden]), epsilon: shape.layerNormEpsilon)
  }

  func layer(_ index: Int) throws -> HybridWeights.Layer {
    let names = HybridNames(index)
    let kind = shape.kind(index)
    let matrices = shape.matrices(kind)
    let mixer: HybridWeights.Mixer =
      switch kind {
      case .mamba: .mamba(try mamba(names, matrices))
      case .window:
        .window(
          try attention(
            names, layer: index, query: try linear(matrices[0], names.mixer("Wqkv.weight"), try queryBias(names, 3)),
            keyValue: nil, output: matrices[1]))
      case .full: .full(try full(names, layer: index, matrices))
      case .gatedMemory:
        .gatedMemory(
          GatedMemory(
            input: try linear(matrices[0], names.mixer("in_proj.weight")),
            output: try linear(matrices[1], names.mixer("out_proj.weight"))))
      case .cross:
        .cross(
          try attention(
            names, layer: index, query: try linear(matrices[0], names.mixer("Wqkv.weight"), try queryBias(names, 1)),
            keyValue: nil, output: matrices[1]))
      }
    return HybridWeights.Layer(
      mixerNorm: try norm(names.name("input_layernorm")), mixer: mixer,
      feedForwardNorm: try norm(names.name("post_attention_layernorm")),
      gateUp: try linear(matrices[matrices.count - 2], names.name("mlp.fc1.weight")),
      down: try linear(matrices[matrices.count - 1], names.name("mlp.fc2.weight")))
  }

  // MARK: - Mixers

  private func mamba(_ names: HybridNames, _ matrices: [TransformerShape.Matrix]) throws -> Mamba {
    let (c, s, width) = (shape.channels, shape.state, shape.convolution)
    // [c, 1, width] in the file: all taps of a channel together, and here all channels of a tap.
    let taps = try checkpoint.floats(names.mixer("conv1d.weight"), shape: [c, 1, width])
    let delta = try checkpoint.matrix(names.mixer("dt_proj.weight"), rows: c, columns: shape.deltaRank)
    return Mamba(
      input: try linear(matrices[0], names.mixer("in_proj.weight")),
      taps: (0..<width).flatMap { tap in (0..<c).map { taps[$0 * width + tap] } },
      tapBias: try checkpoint.floats(names.mixer("conv1d.bias"), shape: [c]),
      selection: try linear(matrices[1], names.mixer("x_proj.weight")),
      delta: DenseProduct(try dense.load(delta, isMultiplied: true)),
      deltaBias: try checkpoint.floats(names.mixer("dt_proj.bias"), shape: [c]),
      decay: try checkpoint.floats(names.mixer("A_log"), shape: [c, s]).map { -exp($0) },
      skip: try checkpoint.floats(names.mixer("D"), shape: [c]),
      output: try linear(matrices[2], names.mixer("out_proj.weight")))
  }

  /// Its queries are a projection of their own: those of a prompt's last token alone are looked at.
  private func full(
    _ names: HybridNames, layer: Int, _ matrices: [TransformerShape.Matrix]
  ) throws -> DifferentialAttention {
    let (name, queries) = (names.mixer("Wqkv.weight"), shape.hidden)
    let rows = queries + matrices[0].rows
    let bias = try queryBias(names, 3)
    return try attention(
      names, layer: layer, query: try linear(matrices[1], name, [bias[0]], storedRows: rows),
      keyValue: try linear(matrices[0], name, Array(bias[1...]), storedRows: rows, from: queries), output: matrices[2])
  }

  private func attention(
    _ names: HybridNames, layer: Int, query: Linear, keyValue: Linear?, output: TransformerShape.Matrix
  ) throws -> DifferentialAttention {
    let d = shape.headDim
    func product(_ one: String, _ other: String) throws -> Double {
      let one = try checkpoint.floats(names.differential(one), shape: [d])
      let other = try checkpoint.floats(names.differential(other), shape: [d])
      return zip(one, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let start = HybridShape.lambdaInit(layer)
    let lambda = exp(try product("lambda_q1", "lambda_k1")) - exp(try product("lambda_q2", "lambda_k2")) + start
    guard lambda.isFinite else {
      throw ModelFileError(
        file: checkpoint.path, part: names.differential("lambda_q1"),
        problem: "makes λ \(lambda): it and its three fellows are too large; the file is damaged: download it again")
    }
    return DifferentialAttention(
      query: query, keyValue: keyValue,
      output: try linear(
        output, names.mixer("out_proj.weight"),
        [try checkpoint.floats(names.mixer("out_proj.bias"), shape: [shape.hidden])]),
      lambda: Float(lambda),
      weight: try checkpoint.floats(names.differential("subln.weight"), shape: [2 * d]).map {
        Float(Double($0) * (1 - start))
      })
  }

  /// The biases of queries, keys and values, or of queries alone.
  private func queryBias(_ names: HybridNames, _ parts: Int) throws -> [[Float]] {
    let widths = [shape.hidden, shape.keyValueWidth, shape.keyValueWidth].prefix(parts)
    let bias = try checkpoint.floats(names.mixer("Wqkv.bias"), shape: [widths.reduce(0, +)])
    var start = 0
    return widths.map { width in
      defer { start += width }
      return Array(bias[start..<start + width])
    }
  }

  // MARK: - Matrices

  /// The parts of a matrix, which lie one behind another in a tensor of `storedRows` rows, from row `first` on.
  private func linear(
    _ matrix: TransformerShape.Matrix, _ name: String, _ bias: [[Float]]? = nil, storedRows: Int? = nil,
    from first: Int = 0
  ) throws -> Linear {
    let stored = try checkpoint.matrix(name, rows: storedRows ?? matrix.rows, columns: matrix.columns)
    var start = first
    let parts = try matrix.parts.map { rows in
      defer { start += rows }
      return DenseProduct(try dense.load(stored, rows: start..<start + rows, isMultiplied: true))
    }
    return Linear(matrix, .dense(parts), bias: bias)
  }
}
