/// Says how a dense weight is stored.
public enum DenseFormat: String, Sendable, CaseIterable, Codable {
  /// IEEE 754 single precision.
  case f32
  /// IEEE 754 half precision.
  case f16
  /// The upper half of a single: eight bits of exponent, seven of fraction.
  case bf16

  /// The bytes of one weight.
  public var bytesPerWeight: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    }
  }
}

/// Holds a matrix [rows, columns] of floats, row after row without padding.
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
  public var rowBytes: Int { columns * format.bytesPerWeight }
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
  /// Throws `KernelError.shape` if there are no rows or columns, or more bytes than fit an Int.
  public static func bytes(rows: Int, columns: Int, format: DenseFormat) throws(KernelError) -> Int {
    guard rows > 0, columns > 0 else {
      throw .shape(rows: rows, columns: columns, reason: "it needs at least one row and one column")
    }
    let (weights, tooMany) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, tooLong) = weights.multipliedReportingOverflow(by: format.bytesPerWeight)
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

  /// Stores `columns` floats as one row, rounded to the format, ties to even.
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
    }
  }
}
