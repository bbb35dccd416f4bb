import CKernels

/// Multiplies a dense matrix with float activations: the output head and the embedding.
///
/// Formats of floats multiply the activations as they are; formats of blocks round them to int8 in blocks of 32 first.
/// Every instruction set, batch size and split of the rows gives the same bytes: each sum is made in the one order that
/// `ck_dense_kernel` (CKernels.h) states for its format.
public struct DenseKernel: Sendable, Hashable, Identifiable {
  // The row is a constant of the program: never written, never freed.
  nonisolated(unsafe) let row: UnsafePointer<ck_dense_kernel>

  /// The unique id: "f16@avx2".
  public var id: String { "\(format.rawValue)@\(isa)" }
  /// How a weight is stored; the tests check that every row's format is one of these.
  public var format: DenseFormat { DenseFormat(rawValue: String(cString: row.pointee.format))! }
  /// The instruction set that the row is written for.
  public var isa: String { String(cString: row.pointee.isa) }
  /// One line on how it works.
  public var summary: String { String(cString: row.pointee.summary) }
  /// The instruction sets without which it cannot run.
  public var needs: InstructionSets { InstructionSets(rawValue: row.pointee.needs) }
  /// The rank within a format: the highest available row wins.
  public var priority: Int { Int(row.pointee.priority) }
  /// Where it has been proven equal to the portable row.
  public var verified: Verification { row.pointee.verified == CK_VERIFIED_HARDWARE ? .hardware : .emulated }
  /// Whether this CPU can run it, and if not, why.
  public var availability: Availability { Availability(needs: needs) }
  /// Bits per weight.
  public var bitsPerWeight: Double { row.pointee.bits_per_weight }

  /// Finds the best kernel of a format that this CPU runs; the portable one always does.
  public static func best(for format: DenseFormat) -> DenseKernel {
    KernelRegistry.denseKernels.first { $0.format == format && $0.availability.isAvailable }!
  }
}

extension DenseKernel {
  /// Whether activations are multiplied as they are, without being prepared.
  public var readsFloats: Bool { row.pointee.prepare == nil }

  /// The bytes of one vector of activations in the form that the kernel reads: that of the floats where it reads them,
  /// else a multiple of 64.
  public func preparedBytes(columns: Int) -> Int { row.pointee.prepared_bytes(columns) }

  /// Turns `columns` finite activations into the form that the kernel reads; `prepared` is 64-byte aligned.
  public func prepare(_ x: UnsafePointer<Float>, columns: Int, into prepared: UnsafeMutableRawPointer) {
    if let prepare = row.pointee.prepare {
      prepare(x, columns, prepared)
    } else {
      prepared.copyMemory(from: x, byteCount: preparedBytes(columns: columns))
    }
  }

  /// Multiplies some rows of a matrix with `vectors` vectors, one behind another in the form that the kernel reads:
  /// y[j·yStride + r] = Σ W[r][k]·x[j][k].
  ///
  /// Disjoint rows may be done by different threads at once.
  public func multiply(
    _ matrix: DenseMatrix, rows: Range<Int>, prepared: UnsafeRawPointer, vectors: Int,
    y: UnsafeMutablePointer<Float>, yStride: Int
  ) {
    assert(rows.lowerBound >= 0 && rows.upperBound <= matrix.rows)
    row.pointee.multiply(
      matrix.buffer.address, matrix.columns, rows.lowerBound, rows.upperBound, prepared, vectors, y, yStride)
  }

  /// Decodes one row of a matrix into `matrix.columns` floats: an embedding.
  public func decodeRow(_ index: Int, of matrix: DenseMatrix, into out: UnsafeMutablePointer<Float>) {
    assert((0..<matrix.rows).contains(index))
    row.pointee.decode_row(matrix.buffer.address, matrix.columns, index, out)
  }
}
