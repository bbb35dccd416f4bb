import Engine
import Kernels
import ModelFiles
import Records
import Statistics

/// One ternary matrix times some vectors: the product alone, as published tables of kernels time it.
///
/// The window holds what turns int8 activations into the form that the kernel reads, and the sums. Quantizing
/// activations and scaling sums belong to a model.
final class MatrixWorkload: Workload {
  let facts: WorkloadFacts
  private let matrix: PackedMatrix
  private let kernel: Kernel
  private let vectors: Int
  private let pool: ThreadPool
  private let interrupt: Interrupt
  // [vectors, inputs], Int8
  private let activations: AlignedBuffer
  // [vectors, prepared bytes of one]
  private let prepared: AlignedBuffer
  private let preparedStride: Int
  // [vectors, padded rows], Int32
  private let sums: AlignedBuffer

  /// Any would do; one for all kernels makes their sums comparable.
  private static let activationSeed: UInt64 = 3

  init(
    shape: MatrixShape, matrix: PackedMatrix, kernel: Kernel, vectors: Int, pool: ThreadPool, needBytes: Int,
    interrupt: Interrupt
  ) throws {
    self.matrix = matrix
    self.kernel = kernel
    self.vectors = vectors
    self.pool = pool
    self.interrupt = interrupt
    activations = try AlignedBuffer(bytes: vectors * matrix.columns)
    preparedStride = kernel.preparedBytes(columns: matrix.columns, vectors: vectors)
    prepared = try AlignedBuffer(bytes: vectors * preparedStride)
    sums = try AlignedBuffer(bytes: vectors * matrix.paddedRows * MemoryLayout<Int32>.stride)
    facts = WorkloadFacts(
      model: ModelIdentity(shape),
      kernel: KernelIdentity(kernel),
      cpus: pool.placement == .free ? nil : pool.cpus, tokensPerIteration: vectors, bytesPerIteration: matrix.bytes,
      macsPerIteration: vectors * shape.weights,
      constants: [
        "matrix_inputs": Double(shape.inputs), "matrix_outputs": Double(shape.outputs),
        "memory_weights_bytes": Double(matrix.bytes), "memory_need_bytes": Double(needBytes),
      ])
    fillActivations()
  }

  /// Packs synthetic weights, each thread those rows that it will read.
  static func makeMatrix(_ shape: MatrixShape, packing: Packing, pool: ThreadPool) throws -> PackedMatrix {
    let matrix = try PackedMatrix(rows: shape.outputs, columns: shape.inputs, packing: packing)
    pool.parallelRows(matrix.panelCount, multipleOf: 1) { _, panels in
      matrix.packSynthetic(panels: panels, seed: ModelReference.syntheticSeed)
    }
    return matrix
  }

  /// All of −128…127, as quantizing can give them.
  private func fillActivations() {
    var random = SplitMix64(seed: Self.activationSeed)
    let values = activations.address.assumingMemoryBound(to: UInt8.self)
    for index in 0..<activations.bytes { values[index] = UInt8(truncatingIfNeeded: random.next()) }
  }

  /// One product: it is short, and touches every page that the window will.
  func prime() throws { multiply() }

  func run(iterations: Int) throws -> WorkloadOutput {
    for _ in 0..<iterations {
      try interrupt.check()
      multiply()
    }
    return WorkloadOutput()
  }

  private func multiply() { multiply(rows: matrix.paddedRows) }

  /// Prepares all vectors and multiplies them with the first rows.
  private func multiply(rows count: Int) {
    let inputs = activations.address.assumingMemoryBound(to: Int8.self)
    pool.parallelItems(vectors) { _, vector in
      kernel.prepare(
        inputs + vector * matrix.columns, columns: matrix.columns, vectors: vectors,
        into: prepared.address + vector * preparedStride)
    }
    let out = sums.address.assumingMemoryBound(to: Int32.self)
    pool.parallelRows(count, multipleOf: matrix.packing.rowBlock) { _, rows in
      if vectors == 1 {
        kernel.multiply(matrix, rows: rows, prepared: prepared.address, sums: out)
      } else {
        kernel.multiply(
          matrix, rows: rows, prepared: prepared.address, vectors: vectors, sums: out, stride: matrix.paddedRows)
      }
    }
  }

  /// SHA-256 over the sums, vector after vector, without the rows that only fill a panel: equal for every kernel, thread
  /// count and placement, or one of them is wrong.
  func digest() -> String? {
    var hash = SHA256()
    let rowBytes = matrix.rows * MemoryLayout<Int32>.stride
    let stride = matrix.paddedRows * MemoryLayout<Int32>.stride
    for vector in 0..<vectors {
      hash.update(UnsafeRawBufferPointer(start: sums.address + vector * stride, count: rowBytes))
    }
    return hash.hex()
  }
}

#if TERN_TEST_HOOKS
  extension MatrixWorkload: PartlyRepeatable {
    func repeatMatrices(iterations: Double) {
      for _ in 0..<Int(iterations) { multiply() }
      let block = Double(matrix.packing.rowBlock)
      let blocks = (iterations.truncatingRemainder(dividingBy: 1) * Double(matrix.paddedRows) / block).rounded()
      if blocks > 0 { multiply(rows: Int(blocks * block)) }
    }
  }
#endif
