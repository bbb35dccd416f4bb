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

/// A linear layer: projections of one input, dense as checkpoints have them or ternary, with their bias.
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

  /// Its ternary weights; nil where they are dense.
  var ternary: BitLinear? { if case .ternary(let linear) = weights { linear } else { nil } }

  /// Its ternary weights where its parts quantize their inputs each on its own; nil otherwise.
  var withInputNorms: BitLinear? { ternary.flatMap { $0.hasInputNorms ? $0 : nil } }

  /// `stride` of a matrix that is not there yet.
  static func stride(of matrix: TransformerShape.Matrix, kernels: KernelPlan) -> Int {
    guard kernels.dense == nil else { return matrix.rows }
    let packing = kernels[matrix.role].packing
    return packing.paddedRows(BitLinear.rows(of: matrix.parts, rowBlock: packing.rowBlock))
  }

  /// `bytes` of a matrix that is not there yet; `Int.max` for one that cannot be made.
  ///
  /// - Parameter dense: the format of dense weights; nil for ternary ones.
  static func bytes(of matrix: TransformerShape.Matrix, kernels: KernelPlan, dense: DenseFormat?) -> Int {
    if let format = dense {
      return (try? DenseMatrix.bytes(rows: matrix.rows, columns: matrix.columns, format: format)) ?? Int.max
    }
    guard kernels.dense == nil else { return Int.max }
    let packing = kernels[matrix.role].packing
    let rows = BitLinear.rows(of: matrix.parts, rowBlock: packing.rowBlock)
    return (try? packing.bytes(rows: rows, columns: matrix.columns)) ?? Int.max
  }
}
