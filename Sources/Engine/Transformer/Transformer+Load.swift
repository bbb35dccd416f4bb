import Kernels
import ModelFiles

extension Transformer {
  /// Reads a model and packs its weights for kernels, tensor by tensor on all threads; dense projections keep their
  /// numbers, in the format that `TransformerShape.denseWeights` names.
  ///
  /// - Parameters:
  ///   - path: what `ModelFile.open` opens: a GGUF file, or `config.json` and safetensors.
  ///   - head: how the head and the embedding are stored, nil for formats that hold their weights exactly.
  ///   - hashing: whether to compute the files' SHA-256, which takes a few seconds per gigabyte.
  /// - Throws: `ModelFileError` that names the file and the tensor; `EngineError` for a shape that cannot be run, and
  ///   for kernels of another kind than the weights;
  ///   `KernelError` when the system has not enough memory.
  public static func load(
    path: String, kernels: KernelPlan, head: DenseFormat? = nil, pool: ThreadPool, hashing: Bool = true
  ) throws -> Transformer {
    try load(ModelFile.open(path: path), kernels: kernels, head: head, pool: pool, hashing: hashing)
  }

  /// Reads a model that is open; otherwise as the function that takes a path.
  ///
  /// - Throws: as the function that takes a path.
  public static func load(
    _ container: any ModelContainer, kernels: KernelPlan, head: DenseFormat? = nil, pool: ThreadPool,
    hashing: Bool = true
  ) throws -> Transformer {
    let shape = try TransformerShape(container, name: container.path)
    if let head { try shape.validate(head: head) }
    try shape.validate(kernels: kernels)
    let memory = try WeightMemory(
      kinds: shape.denseWeights == nil ? [(shape.matrices, shape.layers)] : [], kernels: kernels, pool: pool)
    let loader = Loader(container: container, shape: shape, memory: memory, pool: pool)
    func dense(_ tensor: ModelTensor, isHead: Bool) throws -> DenseMatrix {
      try DenseLoader(memory: loader.memory, pool: pool).load(
        container.matrix(tensor, rows: shape.vocabulary, columns: shape.hidden), as: head, isMultiplied: isHead)
    }
    let embedding = try dense(.embedding, isHead: shape.tiedEmbeddings)
    let weights = Weights(
      embedding: embedding,
      head: shape.tiedEmbeddings ? embedding : try dense(.head, isHead: true),
      finalNorm: try container.norm(.finalNorm, width: shape.hidden),
      rotaryFactors: try container.rotaryFactors(count: shape.headDim / 2),
      layers: try (0..<shape.layers).map(loader.layer))
    let hash = hashing ? container.sha256() : nil
    return Transformer(
      shape: shape, packings: kernels.packings,
      source: .file(path: container.path, sha256: hash, format: container.format),
      weights: weights, placed: loader.memory.placed)
  }
}

/// Turns the tensors of a file into the parts of a model.
private struct Loader {
  let container: any ModelContainer
  let shape: TransformerShape
  let memory: WeightMemory
  let pool: ThreadPool

  func layer(_ index: Int) throws -> Weights.Layer {
    let matrices = shape.matrices
    func norm(_ part: ModelTensor.Part, width: Int) throws -> [Float] {
      try container.norm(.layer(index, part), width: width)
    }
    func linear(_ matrix: Int, _ parts: ModelTensor.Part...) throws -> Linear {
      let (matrix, tensors) = (matrices[matrix], parts.map { ModelTensor.layer(index, $0) })
      return Linear(
        matrix,
        shape.denseWeights == nil
          ? .ternary(try ternary(matrix, tensors)) : .dense(try dense(matrix, tensors)))
    }
    return Weights.Layer(
      attentionNorm: try norm(.attentionNorm, width: shape.hidden),
      qkv: try linear(0, .query, .key, .value),
      headNorms: shape.headNorms
        ? Weights.HeadNorms(
          query: try norm(.queryHeadNorm, width: shape.headDim), key: try norm(.keyHeadNorm, width: shape.headDim))
        : nil,
      attentionSubNorm: shape.subNorms ? try norm(.attentionSubNorm, width: shape.queryWidth) : nil,
      output: try linear(1, .attentionOutput),
      attentionPostNorm: shape.postNorms ? try norm(.attentionPostNorm, width: shape.hidden) : nil,
      feedForwardNorm: try norm(.feedForwardNorm, width: shape.hidden),
      gateUp: try linear(2, .gate, .up),
      feedForwardSubNorm: shape.subNorms ? try norm(.feedForwardSubNorm, width: shape.feedForward) : nil,
      down: try linear(3, .down),
      feedForwardPostNorm: shape.postNorms ? try norm(.feedForwardPostNorm, width: shape.hidden) : nil)
  }

  /// The projections of one input, each as it is.
  private func dense(_ matrix: TransformerShape.Matrix, _ tensors: [ModelTensor]) throws -> [DenseProduct] {
    let loader = DenseLoader(memory: memory, pool: pool)
    return try zip(tensors, matrix.parts).map { tensor, rows in
      let stored = try container.denseProjection(tensor, rows: rows, columns: matrix.columns)
      return DenseProduct(try loader.load(stored, as: shape.denseWeights, isMultiplied: true))
    }
  }

  /// Stacks projections of one input by rows.
  private func ternary(_ matrix: TransformerShape.Matrix, _ tensors: [ModelTensor]) throws -> BitLinear {
    let loader = TernaryLoader(memory: memory, pool: pool)
    let projections = try zip(tensors, matrix.parts).map { tensor, rows in
      try container.projection(tensor, rows: rows, columns: matrix.columns, forEachRow: loader.forEachRow)
    }
    return try loader.load(
      matrix, projections, inputNorms: tensors.map { try inputNorm($0, width: matrix.columns) })
  }

  private func inputNorm(_ tensor: ModelTensor, width: Int) throws -> BitLinear.InputNorm? {
    guard let epsilon = container.model.inputNormEpsilon else { return nil }
    return try container.inputNorm(tensor, width: width).map {
      BitLinear.InputNorm(weights: $0, epsilon: Float(epsilon))
    }
  }
}
