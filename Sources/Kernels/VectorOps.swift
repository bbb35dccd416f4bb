import CKernels

/// Does what a forward pass needs between its matrices; every instruction set gives the same bytes.
public struct VectorOps: Sendable, Hashable, Identifiable {
  // The row is a constant of the program: never written, never freed.
  nonisolated(unsafe) let row: UnsafePointer<ck_vector_ops>

  /// The unique id, the instruction set.
  public var id: String { isa }
  /// The instruction set that the row is written for.
  public var isa: String { String(cString: row.pointee.isa) }
  /// The instruction sets without which it cannot run.
  public var needs: InstructionSets { InstructionSets(rawValue: row.pointee.needs) }
  /// The rank: the highest available row wins.
  public var priority: Int { Int(row.pointee.priority) }
  /// Whether this CPU can run it, and if not, why.
  public var availability: Availability { Availability(needs: needs) }

  /// The best that this CPU runs; the portable one always does.
  public static let best = KernelRegistry.vectorOps.first { $0.availability.isAvailable }!
}

extension VectorOps {
  /// Sums a[i]·b[i] in the order of CK_LANES.
  public func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    row.pointee.dot(a, b, count)
  }

  /// Adds a·x[i] to y[i], fused.
  public func axpy(_ a: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int) {
    row.pointee.axpy(a, x, y, count)
  }

  /// Writes x[i]·factor; `out` may be `x`.
  public func scale(
    _ x: UnsafePointer<Float>, by factor: Float, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    row.pointee.scale(x, factor, out, count)
  }

  /// Adds x[i] to y[i].
  public func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int) {
    row.pointee.add(x, y, count)
  }

  /// Finds the largest |x[i]|, 0 for none; NaN if any of them is.
  public func maxAbs(_ x: UnsafePointer<Float>, count: Int) -> Float {
    row.pointee.max_abs(x, count)
  }

  /// Writes weight[i]·(x[i]·scale), the second half of RMSNorm; `out` may be `x`.
  public func scaleByWeights(
    _ x: UnsafePointer<Float>, scale: Float, weight: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    row.pointee.scale_by_weights(x, scale, weight, out, count)
  }

  /// Writes x[i]·scale rounded to even and clamped to [−128, 127].
  public func quantize(
    _ x: UnsafePointer<Float>, scale: Float, into q: UnsafeMutablePointer<Int8>, count: Int
  ) {
    row.pointee.quantize(x, scale, q, count)
  }

  /// Writes Float(sums[i])·scale.
  public func rescale(
    _ sums: UnsafePointer<Int32>, scale: Float, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    row.pointee.rescale(sums, scale, y, count)
  }

  /// Writes max(gate[i], 0)²·up[i]; `out` may be `gate`.
  public func relu2Multiply(
    gate: UnsafePointer<Float>, up: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    row.pointee.relu2_multiply(gate, up, out, count)
  }

  /// Writes gate[i] / (1 + e^−gate[i])·up[i]; `out` may be `gate`.
  public func siluMultiply(
    gate: UnsafePointer<Float>, up: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    row.pointee.silu_multiply(gate, up, out, count)
  }

  /// Writes gelu(gate[i])·up[i], gelu by the hyperbolic tangent (arXiv:1606.08415); `out` may be `gate`.
  public func geluMultiply(
    gate: UnsafePointer<Float>, up: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    row.pointee.gelu_multiply(gate, up, out, count)
  }

  /// Turns scores into e^(x[i] − largest), gives their sum in the order of CK_LANES, and the largest: −∞ for none.
  public func exponentials(_ x: UnsafeMutablePointer<Float>, count: Int) -> (sum: Float, largest: Float) {
    var largest: Float = 0
    let sum = row.pointee.exponentials(x, count, &largest)
    return (sum, largest)
  }

  /// Adds a·b to y: [rows, depth]·[depth, columns], each sum in the order of `depth`; `columns` is a multiple of 8.
  public func multiplyAdd(
    _ a: UnsafePointer<Float>, stride aStride: Int, rows: Int, depth: Int, _ b: UnsafePointer<Float>,
    stride bStride: Int, columns: Int, to y: UnsafeMutablePointer<Float>, stride yStride: Int
  ) {
    assert(columns.isMultiple(of: 8))
    row.pointee.multiply_add(a, aStride, rows, depth, b, bStride, columns, y, yStride)
  }

  /// Adds a·b to y as the other `multiplyAdd`, with b in halves.
  public func multiplyAdd(
    _ a: UnsafePointer<Float>, stride aStride: Int, rows: Int, depth: Int, _ b: UnsafePointer<UInt16>,
    stride bStride: Int, columns: Int, to y: UnsafeMutablePointer<Float>, stride yStride: Int
  ) {
    assert(columns.isMultiple(of: 8))
    row.pointee.multiply_add_half(a, aStride, rows, depth, b, bStride, columns, y, yStride)
  }

  /// Adds a·b to y as the other `multiplyAdd`, with b in whole numbers.
  public func multiplyAdd(
    _ a: UnsafePointer<Float>, stride aStride: Int, rows: Int, depth: Int, _ b: UnsafePointer<Int8>,
    stride bStride: Int, columns: Int, to y: UnsafeMutablePointer<Float>, stride yStride: Int
  ) {
    assert(columns.isMultiple(of: 8))
    row.pointee.multiply_add_int8(a, aStride, rows, depth, b, bStride, columns, y, yStride)
  }

  /// Rounds floats to IEEE 754 halves, ties to even; beyond 65504 to infinity.
  public func halves(_ x: UnsafePointer<Float>, into half: UnsafeMutablePointer<UInt16>, count: Int) {
    row.pointee.halves(x, half, count)
  }

  /// Rotates the pairs (i, i + half) of one head in place.
  public func rope(
    _ head: UnsafeMutablePointer<Float>, cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>, half: Int
  ) {
    row.pointee.rope(head, cosines, sines, half)
  }
}
