import CKernels

/// Multiplies packed ternary weights with int8 activations; every kernel returns the same Int32 sums, to the bit.
///
/// A kernel is one constant row of a table in C, and this struct is a pointer to it: copying and calling it neither
/// retains nor allocates. Its names are made when asked for.
public struct Kernel: Sendable, Hashable, Identifiable {
  // The row is a constant of the program: never written, never freed.
  nonisolated(unsafe) let row: UnsafePointer<ck_kernel>

  /// The unique id: "simd@avx2".
  public var id: String { "\(name)@\(isa)" }
  /// The family, as a user spells it: "naive", "simd", "f16".
  public var name: String { String(cString: row.pointee.name) }
  /// The instruction set that the row is written for: "portable", "avx2".
  public var isa: String { String(cString: row.pointee.isa) }
  /// One line on how it works.
  public var summary: String { String(cString: row.pointee.summary) }
  /// How this kernel wants its weights; the tests check that every row names a packing that exists.
  public var packing: Packing { KernelRegistry.packing(named: row.pointee.packing)! }
  /// The instruction sets without which it cannot run.
  public var needs: InstructionSets { InstructionSets(rawValue: row.pointee.needs) }
  /// The rank within a name: the highest available row wins.
  public var priority: Int { Int(row.pointee.priority) }
  /// Where it has been proven equal to the scalar reference.
  public var verified: Verification { row.pointee.verified == CK_VERIFIED_HARDWARE ? .hardware : .emulated }
  /// Whether this CPU can run it, and if not, why.
  public var availability: Availability { Availability(needs: needs) }
  /// Tells whether this CPU can run it.
  public var isAvailable: Bool { availability.isAvailable }
}

extension Kernel {
  /// Gives the bytes of one prepared vector of `columns` activations, one of `vectors` that are multiplied at once; a
  /// multiple of 64.
  public func preparedBytes(columns: Int, vectors: Int) -> Int {
    row.pointee.prepared_bytes(columns, vectors)
  }

  /// Gives the most bytes that any number of vectors up to `vectors` take together once they are prepared.
  public func preparedBytesMax(columns: Int, vectors: Int) -> Int {
    (1...max(1, vectors)).lazy.map { $0 * preparedBytes(columns: columns, vectors: $0) }.max() ?? 0
  }

  /// Turns `columns` activations into the form that this kernel reads: once per vector and input.
  ///
  /// `vectors` is how many are multiplied at once, this one among them. `prepared` is 64-byte aligned and has room for
  /// `preparedBytes(columns:vectors:)`.
  public func prepare(
    _ activations: UnsafePointer<Int8>, columns: Int, vectors: Int, into prepared: UnsafeMutableRawPointer
  ) {
    row.pointee.prepare(activations, columns, vectors, prepared)
  }

  /// Multiplies the rows of a matrix with one prepared vector: sums[r] = Σ W[r][k]·q[k].
  ///
  /// Both bounds of `rows` are multiples of the packing's row block, the upper one at most `matrix.paddedRows`; `sums`
  /// is indexed by the matrix' own row and has room up to the upper bound. Disjoint rows may be done by different
  /// threads at once.
  public func multiply(
    _ matrix: PackedMatrix, rows: Range<Int>, prepared: UnsafeRawPointer, sums: UnsafeMutablePointer<Int32>
  ) {
    assert(accepts(matrix, rows: rows))
    for part in matrix.parts where part.rows.overlaps(rows) {
      let (start, own) = (part.rows.lowerBound, part.rows.clamped(to: rows))
      row.pointee.gemv(
        part.weights, matrix.columns, own.lowerBound - start, own.upperBound - start, prepared, sums + start)
    }
  }

  /// Multiplies the rows of a matrix with `vectors` ≥ 1 prepared vectors: sums[j·stride + r] = Σ W[r][k]·q[j][k].
  ///
  /// Vector j lies at `prepared + j·preparedBytes(columns:vectors:)`. `stride` is at least the upper bound of `rows`, which is
  /// as for one vector.
  public func multiply(
    _ matrix: PackedMatrix, rows: Range<Int>, prepared: UnsafeRawPointer, vectors: Int,
    sums: UnsafeMutablePointer<Int32>, stride: Int
  ) {
    assert(accepts(matrix, rows: rows) && vectors >= 1 && (vectors == 1 || stride >= rows.upperBound))
    for part in matrix.parts where part.rows.overlaps(rows) {
      let (start, own) = (part.rows.lowerBound, part.rows.clamped(to: rows))
      row.pointee.gemm(
        part.weights, matrix.columns, own.lowerBound - start, own.upperBound - start, prepared, vectors, sums + start,
        stride)
    }
  }

  private func accepts(_ matrix: PackedMatrix, rows: Range<Int>) -> Bool {
    let block = matrix.packing.rowBlock
    return matrix.packing == packing && rows.lowerBound >= 0 && rows.upperBound <= matrix.paddedRows
      && rows.lowerBound % block == 0 && rows.upperBound % block == 0
  }
}
