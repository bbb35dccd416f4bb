import Kernels
import ModelFiles
import Synchronization

extension Transformer {
  /// Reads a checkpoint and packs its weights for a kernel, tensor by tensor on all threads.
  ///
  /// - Parameters:
  ///   - path: a folder with `config.json` and safetensors, or one safetensors file with `config.json` beside it.
  ///   - head: how the head and the embedding are stored, nil for the format of their tensors.
  ///   - hashing: whether to compute the files' SHA-256, which takes a few seconds per gigabyte.
  /// - Throws: `ModelFileError` that names the file and the tensor; `EngineError` for a shape that cannot be run;
  ///   `KernelError` when the system has not enough memory.
  public static func load(
    path: String, kernels: KernelPlan, head: DenseFormat? = nil, pool: ThreadPool, hashing: Bool = true
  ) throws -> Transformer {
    let checkpoint = try Checkpoint(path: path)
    let shape = try TransformerShape(checkpoint.configuration, name: path)
    if let head { try shape.validate(head: head) }
    let loader = Loader(
      checkpoint: checkpoint, shape: shape, memory: try WeightMemory(shape: shape, kernels: kernels, pool: pool),
      pool: pool)
    let embedding = try loader.dense("model.embed_tokens.weight", as: head, isHead: shape.tiedEmbeddings)
    let weights = Weights(
      embedding: embedding,
      head: shape.tiedEmbeddings ? embedding : try loader.dense("lm_head.weight", as: head, isHead: true),
      finalNorm: try loader.norm("model.norm.weight", width: shape.hidden),
      layers: try (0..<shape.layers).map(loader.layer))
    let hash = hashing ? checkpoint.sha256() : nil
    return Transformer(
      shape: shape, packings: kernels.packings, source: .file(path: path, sha256: hash, format: "safetensors"),
      weights: weights, placed: loader.memory.placed)
  }
}

/// Turns the tensors of a checkpoint into the parts of a model.
private struct Loader {
  let checkpoint: Checkpoint
  let shape: TransformerShape
  let memory: WeightMemory
  let pool: ThreadPool

  func layer(_ index: Int) throws -> Weights.Layer {
    let prefix = "model.layers.\(index)"
    let matrices = shape.matrices
    let isOneBitLLM = checkpoint.configuration.isOneBitLLM
    func subNorm(_ name: String, _ oneBitLLMName: String, width: Int) throws -> [Float]? {
      shape.subNorms ? try norm("\(prefix).\(isOneBitLLM ? oneBitLLMName : name).weight", width: width) : nil
    }
    func linear(_ matrix: Int, _ names: String...) throws -> BitLinear {
      try self.linear(matrices[matrix], names.map { "\(prefix).\($0)_proj" })
    }
    return Weights.Layer(
      attentionNorm: try norm("\(prefix).input_layernorm.weight", width: shape.hidden),
      qkv: try linear(0, "self_attn.q", "self_attn.k", "self_attn.v"),
      attentionSubNorm: try subNorm("self_attn.attn_sub_norm", "self_attn.inner_attn_ln", width: shape.queryWidth),
      output: try linear(1, "self_attn.o"),
      feedForwardNorm: try norm("\(prefix).post_attention_layernorm.weight", width: shape.hidden),
      gateUp: try linear(2, "mlp.gate", "mlp.up"),
      feedForwardSubNorm: try subNorm("mlp.ffn_sub_norm", "mlp.ffn_layernorm", width: shape.feedForward),
      down: try linear(3, "mlp.down"))
  }

  func norm(_ name: String, width: Int) throws -> [Float] {
    try checkpoint.tensor(name).finiteFloats(shape: [width])
  }

  /// Stacks projections of one input by rows.
  private func linear(_ matrix: TransformerShape.Matrix, _ names: [String]) throws -> BitLinear {
    let projections = try zip(names, matrix.parts).map { name, rows in
      try checkpoint.projection(name, rows: rows, columns: matrix.columns, absoluteSum: absoluteSum)
    }
    let (packed, places) = try memory.matrix(matrix)
    // The first part with a value that is not ternary, by thread; parts are few, so a bit for each will do.
    let damaged = Atomic<UInt64>(0)
    pool.parallelRows(packed.panelCount, multipleOf: 1) { _, panels in
      packed.packPanels(panels) { row, weights in
        guard let part = places.firstIndex(where: { $0.contains(row) }) else {
          weights.update(repeating: 0, count: matrix.columns)
          return
        }
        if !projections[part].readRow(row - places[part].lowerBound, into: weights) {
          weights.update(repeating: 0, count: matrix.columns)
          damaged.bitwiseOr(1 << UInt64(part), ordering: .relaxed)
        }
      }
    }
    let first = damaged.load(ordering: .relaxed).trailingZeroBitCount
    if first < projections.count {
      throw projections[first].error("holds a weight that is not -1, 0 or +1; the file is damaged: download it again")
    }
    return BitLinear(
      role: matrix.role, matrix: packed,
      parts: zip(places, projections).map { BitLinear.Part(rows: $0, scale: $1.scale) })
  }

  /// Rows are summed on all threads, the sums in order: the same result for every number of threads.
  private func absoluteSum(_ tensor: Tensor) -> Double {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    var sums = [Double](repeating: 0, count: rows)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums
      pool.parallelRows(rows, multipleOf: 1) { _, range in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
          for row in range {
            tensor.readFloats(from: row * columns, count: columns, into: values.baseAddress!)
            sums[row] = AbsmeanWeights.sumOfMagnitudes(UnsafeBufferPointer(values))
          }
        }
      }
    }
    return sums.reduce(0, +)
  }

  /// The embedding or the head, [vocabulary, hidden], in a format, nil for the one that it is stored in.
  func dense(_ name: String, as format: DenseFormat?, isHead: Bool) throws -> DenseMatrix {
    let tensor = try checkpoint.tensor(name)
    try tensor.requireFloats(shape: [shape.vocabulary, shape.hidden])
    let stored: DenseFormat = tensor.type == .f32 ? .f32 : tensor.type == .f16 ? .f16 : .bf16
    let matrix = try DenseMatrix(rows: shape.vocabulary, columns: shape.hidden, format: format ?? stored)
    if isHead { try memory.place(head: matrix) }
    guard matrix.format == stored else {
      try convert(tensor, to: matrix)
      return matrix
    }
    pool.parallelRows(matrix.rows, multipleOf: 1) { _, rows in
      let bytes = rows.count * matrix.rowBytes
      matrix.row(rows.lowerBound).copyMemory(
        from: tensor.bytes.baseAddress! + rows.lowerBound * matrix.rowBytes, byteCount: bytes)
    }
    return matrix
  }

  /// Rounds the rows of a tensor to the format of a matrix.
  ///
  /// - Throws: `ModelFileError` for a value that no format can hold, so that no garbage is made of it.
  private func convert(_ tensor: Tensor, to matrix: DenseMatrix) throws {
    let damagedRow = Atomic<Int>(-1)
    pool.parallelRows(matrix.rows, multipleOf: 1) { _, rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: matrix.columns) { values in
        for row in rows {
          tensor.readFloats(from: row * matrix.columns, count: matrix.columns, into: values.baseAddress!)
          if values.contains(where: { !($0.magnitude <= Self.largestWeight) }) {
            damagedRow.store(row, ordering: .relaxed)
          } else {
            matrix.store(values.baseAddress!, row: row)
          }
        }
      }
    }
    let row = damagedRow.load(ordering: .relaxed)
    guard row < 0 else {
      throw tensor.error(
        "row \(row) has a weight that \(matrix.format.rawValue) cannot hold: it is not finite or above "
          + "\(Self.largestWeight); use the format that the file has")
    }
  }

  /// The largest half: scales of blocks are halves, and f16 has nothing above.
  private static let largestWeight: Float = 65504
}
