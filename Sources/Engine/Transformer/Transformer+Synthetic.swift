import Kernels

extension Transformer {
  /// Generates weights of a shape, the same for every kernel, packing, head format and thread count.
  ///
  /// Ternary weights are uniform over {-1, 0, +1}, norms are 1, and the scales keep activations near 1, so that logits
  /// are finite and differ. The embedding's values have seven bits of fraction: f32, f16 and bf16 hold them exactly, and
  /// formats of blocks round them.
  ///
  /// - Throws: `EngineError` for a shape that cannot be run or is not ternary, `KernelError` when the system has not enough memory.
  public static func synthetic(
    _ shape: TransformerShape, seed: UInt64, kernels: KernelPlan, head: DenseFormat, pool: ThreadPool
  ) throws -> Transformer {
    try shape.validate()
    try shape.validate(head: head)
    guard shape.denseWeights == nil else {
      throw EngineError(
        .mismatch, "shape \(shape.name): synthetic weights are ternary; kernel f16 holds them as halves")
    }
    try shape.validate(kernels: kernels)
    let maker = SyntheticMaker(
      shape: shape, seed: seed, memory: try WeightMemory(shape: shape, kernels: kernels, pool: pool), pool: pool)
    let embedding = try maker.embedding(format: head, stream: .embedding, isHead: shape.tiedEmbeddings)
    let weights = Weights(
      embedding: embedding,
      head: shape.tiedEmbeddings ? embedding : try maker.embedding(format: head, stream: .head, isHead: true),
      finalNorm: maker.norm(shape.hidden),
      layers: try (0..<shape.layers).map(maker.layer))
    return Transformer(
      shape: shape, packings: kernels.packings, source: .synthetic(seed: seed), weights: weights,
      placed: maker.memory.placed)
  }
}

/// Makes the parts of a synthetic model on all threads of a pool.
struct SyntheticMaker {
  let shape: TransformerShape
  let seed: UInt64
  let memory: WeightMemory
  let pool: ThreadPool

  /// Parts of the model that draw from generators of their own; projections follow at `projections`.
  enum Stream: UInt64 {
    case embedding = 1
    case head = 2
    case projections = 16
  }

  func layer(_ index: Int) throws -> Weights.Layer {
    let matrices = try shape.matrices.enumerated().map {
      Linear($1, .ternary(try linear($1, layer: index, matrix: $0)))
    }
    return Weights.Layer(
      attentionNorm: norm(shape.hidden),
      qkv: matrices[0],
      headNorms: shape.headNorms ? Weights.HeadNorms(query: norm(shape.headDim), key: norm(shape.headDim)) : nil,
      attentionSubNorm: shape.subNorms ? norm(shape.queryWidth) : nil,
      output: matrices[1],
      attentionPostNorm: shape.postNorms ? norm(shape.hidden) : nil,
      feedForwardNorm: norm(shape.hidden),
      gateUp: matrices[2],
      feedForwardSubNorm: shape.subNorms ? norm(shape.feedForward) : nil,
      down: matrices[3],
      feedForwardPostNorm: shape.postNorms ? norm(shape.hidden) : nil)
  }

  func norm(_ width: Int) -> [Float] { [Float](repeating: 1, count: width) }

  /// Each projection has its own generator, so that its rows do not depend on how a packing places them.
  func linear(_ shape: TransformerShape.Matrix, layer: Int, matrix index: Int) throws -> BitLinear {
    let (matrix, places) = try memory.matrix(shape)
    let firstStream = Stream.projections.rawValue + UInt64(layer) * 16 + UInt64(index) * 4
    pool.parallelRows(matrix.panelCount, multipleOf: 1) { _, panels in
      matrix.packPanels(panels) { row, weights in
        if let part = places.firstIndex(where: { $0.contains(row) }) {
          SyntheticWeights.row(
            row - places[part].lowerBound, seed: mixed(firstStream + UInt64(part)), columns: shape.columns,
            into: weights)
        } else {
          weights.update(repeating: 0, count: shape.columns)
        }
      }
    }
    let scale = scale(of: shape)
    let inputNorm = self.shape.inputNormEpsilon.map {
      BitLinear.InputNorm(weights: norm(shape.columns), epsilon: $0)
    }
    return BitLinear(
      role: shape.role, matrix: matrix,
      parts: places.map { BitLinear.Part(rows: $0, scale: scale, inputNorm: inputNorm) })
  }

  /// A weight's variance is 2/3: with this scale, inputs of mean square 1 give outputs of mean square 1.
  ///
  /// What is added to the residual stream is smaller, so that the sum over all layers stays near 1 too (GPT-2's
  /// initialisation).
  private func scale(of matrix: TransformerShape.Matrix) -> Float {
    let unit = (1.5 / Double(matrix.columns)).squareRoot()
    let isResidual = matrix.role == .output || matrix.role == .down
    return Float(isResidual ? unit / (2 * Double(shape.layers)).squareRoot() : unit)
  }

  /// Values ±(1 + f/128)·2⁻⁵ with seven random bits f: about 0.05, so that the logits of a normalised state spread
  /// over a few units at a hidden width of thousands.
  func embedding(format: DenseFormat, stream: Stream, isHead: Bool) throws -> DenseMatrix {
    let matrix = try DenseMatrix(rows: shape.vocabulary, columns: shape.hidden, format: format)
    if isHead { try memory.place(head: matrix) }
    fill(matrix, stream: stream.rawValue)
    return matrix
  }

  /// Fills a matrix with such values.
  func fill(_ matrix: DenseMatrix, stream: UInt64) {
    let key = mixed(stream)
    pool.parallelRows(matrix.rows, multipleOf: 1) { _, rows in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: (matrix.columns + 3) / 4) { bits in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: matrix.columns) { values in
          for row in rows {
            for i in bits.indices { bits[i] = mix(key &+ UInt64(row * bits.count + i)) }
            write(UnsafeRawPointer(bits.baseAddress!), to: values)
            matrix.store(values.baseAddress!, row: row)
          }
        }
      }
    }
  }

  /// Each 16 random bits become one value: a sign, seven bits of fraction, the exponent of 2⁻⁵.
  private func write(_ bits: UnsafeRawPointer, to values: UnsafeMutableBufferPointer<Float>) {
    let random = bits.assumingMemoryBound(to: UInt16.self)
    for column in values.indices {
      let sign = UInt32(random[column] & 0x8000)
      let fraction = UInt32(random[column] & 0x7f)
      values[column] = Float(bitPattern: sign << 16 | (127 - 5) << 23 | fraction << 16)
    }
  }

  private func mixed(_ stream: UInt64) -> UInt64 { mix(mix(seed) ^ stream) }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): every bit depends on every bit.
  private func mix(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
