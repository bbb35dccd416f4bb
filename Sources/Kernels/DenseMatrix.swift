/// Holds a dense matrix [rows, columns], row after row without padding.
///
/// Rows are written in place, disjoint ones by different threads at once; after that the matrix is only read.
public final class DenseMatrix: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// How a weight is stored.
  public let format: DenseFormat
  /// The memory that holds the weights.
  public let buffer: AlignedBuffer

  /// The bytes of one row.
  public var rowBytes: Int { columns / format.blockWeights * format.blockBytes }
  /// The bytes of all rows.
  public var bytes: Int { rows * rowBytes }

  /// Takes the memory of a matrix, all zeros.
  ///
  /// Throws `KernelError.shape` or `KernelError.outOfMemory`.
  public init(rows: Int, columns: Int, format: DenseFormat) throws(KernelError) {
    self.buffer = try AlignedBuffer(bytes: Self.bytes(rows: rows, columns: columns, format: format))
    self.rows = rows
    self.columns = columns
    self.format = format
  }

  /// Gives the bytes of a matrix before any is allocated.
  ///
  /// Throws `KernelError.shape` if there are no rows or columns, columns that the format cannot store, or more bytes
  /// than fit an Int.
  public static func bytes(rows: Int, columns: Int, format: DenseFormat) throws(KernelError) -> Int {
    guard rows > 0, columns > 0 else {
      throw .shape(rows: rows, columns: columns, reason: "it needs at least one row and one column")
    }
    if let refusal = format.refusal(columns: columns) { throw .shape(rows: rows, columns: columns, reason: refusal) }
    let (blocks, tooMany) = rows.multipliedReportingOverflow(by: columns / format.blockWeights)
    let (bytes, tooLong) = blocks.multipliedReportingOverflow(by: format.blockBytes)
    guard !tooMany, !tooLong else {
      throw .shape(rows: rows, columns: columns, reason: "its bytes do not fit a 64-bit number")
    }
    return bytes
  }
}

extension DenseMatrix {
  /// Points to the first byte of a row, to be written in the stored format.
  public func row(_ index: Int) -> UnsafeMutableRawPointer {
    precondition((0..<rows).contains(index))
    return buffer.address + index * rowBytes
  }

  /// Stores `columns` finite floats as one row, rounded to the format: single numbers to nearest, ties to even, and
  /// blocks as `BlockWeights` says.
  public func store(_ values: UnsafePointer<Float>, row index: Int) {
    let start = row(index)
    switch format {
    case .f32:
      start.copyMemory(from: values, byteCount: rowBytes)
    case .f16:
      let halves = start.assumingMemoryBound(to: UInt16.self)
      for column in 0..<columns { halves[column] = FloatFormats.half(values[column]) }
    case .bf16:
      let halves = start.assumingMemoryBound(to: UInt16.self)
      for column in 0..<columns { halves[column] = FloatFormats.bfloat(values[column]) }
    case .q8, .q6k, .q4:
      for block in 0..<columns / format.blockWeights {
        let values = values + block * format.blockWeights
        let out = start + block * format.blockBytes
        switch format {
        case .q8: BlockWeights.encodeQ8(values, into: out)
        case .q4: BlockWeights.encodeQ4(values, into: out)
        default: BlockWeights.encodeQ6K(values, into: out)
        }
      }
    }
  }
}
