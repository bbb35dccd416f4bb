import Kernels

/// A dense matrix and what multiplies it, looked up once.
struct DenseProduct: Sendable {
  let matrix: DenseMatrix
  let kernel: DenseKernel

  init(_ matrix: DenseMatrix) {
    self.matrix = matrix
    kernel = DenseKernel.best(for: matrix.format)
  }

  /// y = W·x for some rows: x [tokens, columns], y [tokens, stride].
  func multiply(
    rows: Range<Int>, _ x: UnsafePointer<Float>, tokens: Int, into y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    kernel.multiply(
      matrix, rows: rows, prepared: UnsafeRawPointer(x), vectors: tokens, y: y, yStride: stride)
  }
}

/// A linear layer of a hybrid: projections of one input, dense as checkpoints have them or ternary, with their bias.
struct Linear: Sendable {
  /// What multiplies.
  enum Weights: Sendable {
    /// A matrix for each projection; products with the activations as they are.
    case dense([DenseProduct])
    /// Products with activations rounded to int8, as in BitNet b1.58.
    case ternary(BitLinear)
  }

  let role: TransformerShape.Role
  let weights: Weights
  /// Where the outputs of each projection begin.
  let starts: [Int]
  /// Outputs of each projection.
  let parts: [Int]
  /// Numbers between the outputs of two tokens.
  let stride: Int
  /// Input width.
  let columns: Int
  /// Added to the outputs of each projection.
  let bias: [[Float]]?

  init(_ shape: TransformerShape.Matrix, _ weights: Weights, bias: [[Float]]? = nil) {
    role = shape.role
    self.weights = weights
    parts = shape.parts
    columns = shape.columns
    self.bias = bias
    switch weights {
    case .dense:
      starts = shape.parts.indices.map { shape.parts[..<$0].reduce(0, +) }
      stride = shape.rows
    case .ternary(let linear):
      starts = linear.parts.map(\.rows.lowerBound)
      stride = linear.stride
    }
  }

  /// Bytes of its matrices, padding included.
  var bytes: Int {
    switch weights {
    case .dense(let parts): parts.reduce(0) { $0 + $1.matrix.bytes }
    case .ternary(let linear): linear.matrix.bytes
    }
  }

  /// `stride` of a matrix that is not there yet.
  static func stride(of matrix: TransformerShape.Matrix, kernels: KernelPlan) -> Int {
    guard kernels.dense == nil else { return matrix.rows }
    let packing = kernels[matrix.role].packing
    return packing.paddedRows(BitLinear.rows(of: matrix.parts, rowBlock: packing.rowBlock))
  }

  /// `bytes` of a matrix that is not there yet; `Int.max` for one that cannot be made.
  static func bytes(of matrix: TransformerShape.Matrix, kernels: KernelPlan, shape: HybridShape) -> Int {
    if let format = shape.denseWeights {
      return (try? DenseMatrix.bytes(rows: matrix.rows, columns: matrix.columns, format: format)) ?? Int.max
    }
    guard kernels.dense == nil else { return Int.max }
    let packing = kernels[matrix.role].packing
    let rows = BitLinear.rows(of: matrix.parts, rowBlock: packing.rowBlock)
    return (try? packing.bytes(rows: rows, columns: matrix.columns)) ?? Int.max
  }
}

/// Products of linear layers, dense or ternary, on all threads.
///
/// Without a `site` the inputs are arbitrary, whatever is given, and nothing throws: for measuring products alone.
struct LinearOperations {
  let op: Operations
  // [batch, widest]
  let work: UnsafeMutablePointer<Float>

  /// y = W·x + b: x [tokens, columns], y [tokens, stride].
  ///
  /// - Throws: `EngineError` when an input of ternary weights is not finite.
  func multiply(
    _ linear: Linear, _ x: UnsafePointer<Float>, tokens: Int, into y: UnsafeMutablePointer<Float>, at site: Site?
  ) throws {
    switch linear.weights {
    case .ternary(let ternary):
      try prepare(x, for: ternary, tokens: tokens, at: site)
      op.multiply(ternary, tokens: tokens, into: y)
      guard let bias = linear.bias else { return }
      op.pool.parallelItems(tokens) { _, token in
        for (part, bias) in bias.enumerated() {
          op.vectors.add(bias, to: y + token * linear.stride + linear.starts[part], count: bias.count)
        }
      }
    case .dense(let matrices):
      op.pool.run { thread in
        for (part, product) in matrices.enumerated() {
          let rows = share(of: product.matrix, thread)
          guard !rows.isEmpty else { continue }
          let out = y + linear.starts[part]
          product.multiply(rows: rows, x, tokens: tokens, into: out, stride: linear.stride)
          if let bias = linear.bias?[part] { add(bias, rows, to: out, tokens: tokens, stride: linear.stride) }
        }
      }
    }
  }

  /// x += W·y + b: y [tokens, columns], x [tokens, rows], the residual stream.
  ///
  /// - Throws: `EngineError` when an input of ternary weights is not finite.
  func multiply(
    _ linear: Linear, _ y: UnsafePointer<Float>, tokens: Int, addingTo x: UnsafeMutablePointer<Float>, at site: Site?
  ) throws {
    let width = linear.parts[0]
    switch linear.weights {
    case .ternary(let ternary):
      try prepare(y, for: ternary, tokens: tokens, at: site)
      op.multiply(ternary, tokens: tokens, norm: nil, addingTo: x, width: width)
      guard let bias = linear.bias?[0] else { return }
      op.pool.parallelItems(tokens) { _, token in op.vectors.add(bias, to: x + token * width, count: width) }
    case .dense(let matrices):
      op.pool.parallelRows(width, multipleOf: Operations.headRowBlock) { _, rows in
        matrices[0].multiply(rows: rows, y, tokens: tokens, into: work, stride: width)
        for token in 0..<tokens {
          let start = token * width + rows.lowerBound
          op.vectors.add(work + start, to: x + start, count: rows.count)
        }
        if let bias = linear.bias?[0] { add(bias, rows, to: x, tokens: tokens, stride: width) }
      }
    }
  }

  /// h = silu(W_gate·x) · (W_up·x): [tokens, feedForward].
  ///
  /// - Throws: `EngineError` when an input of ternary weights is not finite.
  func multiplyGated(
    _ linear: Linear, _ x: UnsafePointer<Float>, tokens: Int, into h: UnsafeMutablePointer<Float>, at site: Site?
  ) throws {
    let width = linear.parts[0]
    switch linear.weights {
    case .ternary(let ternary):
      try prepare(x, for: ternary, tokens: tokens, at: site)
      op.multiplyGated(ternary, tokens: tokens, into: h)
    case .dense(let matrices):
      op.pool.parallelRows(width, multipleOf: Operations.headRowBlock) { _, rows in
        matrices[0].multiply(rows: rows, x, tokens: tokens, into: h, stride: width)
        matrices[1].multiply(rows: rows, x, tokens: tokens, into: work, stride: width)
        for token in 0..<tokens {
          let start = token * width + rows.lowerBound
          op.activate(gate: h + start, up: work + start, count: rows.count)
        }
      }
    }
  }

  // MARK: - One thread's part

  private func prepare(_ x: UnsafePointer<Float>, for ternary: BitLinear, tokens: Int, at site: Site?) throws {
    guard let site else { return op.prepareArbitrary(for: ternary, tokens: tokens) }
    try op.quantize(x, for: ternary, tokens: tokens, norm: nil, at: site)
  }

  private func share(of matrix: DenseMatrix, _ thread: Int) -> Range<Int> {
    ThreadPool.share(of: matrix.rows, block: Operations.headRowBlock, thread: thread, threads: op.pool.threads)
  }

  private func add(
    _ bias: [Float], _ rows: Range<Int>, to y: UnsafeMutablePointer<Float>, tokens: Int, stride: Int
  ) {
    bias.withUnsafeBufferPointer { bias in
      for token in 0..<tokens {
        op.vectors.add(
          bias.baseAddress! + rows.lowerBound, to: y + token * stride + rows.lowerBound, count: rows.count)
      }
    }
  }
}
