import CKernels

/// Lays the ternary weights of a matrix out in memory for the kernels that read this layout.
///
/// A matrix is a row of equal panels of `rowBlock` rows; missing rows and columns hold zero weights.
public struct Packing: Sendable, Hashable, Identifiable {
  // The row is a constant of the program: never written, never freed.
  nonisolated(unsafe) let row: UnsafePointer<ck_packing>

  /// The most columns of a matrix: above it, columns · 128 could leave the Int32 sums.
  public static let columnsMax = 16_777_215

  /// The unique name.
  public var id: String { name }
  /// The name that stands in records: "int8", "broadcast2", "f16".
  public var name: String { String(cString: row.pointee.name) }
  /// One line on how it lies.
  public var summary: String { String(cString: row.pointee.summary) }
  /// Bits per weight of a full block, padding not counted.
  public var bitsPerWeight: Double { row.pointee.bits_per_weight }
  /// The rows of one panel.
  public var rowBlock: Int { row.pointee.row_block }
  /// What columns are padded to a multiple of.
  public var columnBlock: Int { row.pointee.column_block }

  /// Gives the bytes of one panel of `columns` columns, a multiple of 64.
  public func panelBytes(columns: Int) -> Int {
    row.pointee.panel_bytes(columns)
  }

  /// Rounds a number of rows up to whole panels.
  public func paddedRows(_ rows: Int) -> Int {
    panelCount(rows: rows) * rowBlock
  }

  /// Gives the bytes of a whole matrix before any is allocated.
  ///
  /// Throws `KernelError.shape` if there are no rows or columns, too many columns, or more bytes than fit an Int.
  public func bytes(rows: Int, columns: Int) throws(KernelError) -> Int {
    guard rows > 0, columns > 0 else {
      throw .shape(rows: rows, columns: columns, reason: "it needs at least one row and one column")
    }
    guard columns <= Self.columnsMax else {
      throw .shape(
        rows: rows, columns: columns, reason: "more than \(Self.columnsMax) columns could overflow a 32-bit sum")
    }
    let (bytes, overflow) = panelCount(rows: rows).multipliedReportingOverflow(by: panelBytes(columns: columns))
    guard !overflow else {
      throw .shape(rows: rows, columns: columns, reason: "its bytes do not fit a 64-bit number")
    }
    return bytes
  }

  /// Counts the panels of `rows` rows, in a way that cannot overflow.
  func panelCount(rows: Int) -> Int {
    rows / rowBlock + (rows % rowBlock == 0 ? 0 : 1)
  }
}
