import Kernels

/// Writes the matrices of a file, piece by piece on as many threads as the caller has.
enum TensorEncoding {
  /// Bytes of a piece: enough rows that threads are busy, few enough that memory stays small.
  private static let pieceBytes = 4 << 20

  /// What to do where the type of projections cannot hold one of their weights.
  static let typeAdvice = "choose a type of more range"

  /// Writes the ternary weights of a projection, and the scale behind them where the type has it there.
  ///
  /// - Parameter order: that of the rows in the file to be written.
  /// - Throws: `ModelFileError` for a scale that the type cannot hold, and for weights that are not ternary.
  static func write(
    _ projection: TernaryTensor, as type: TernaryType, order: TernaryTensor.RowOrder = .asStored,
    forEachRow: RowLoop, write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { projection.release() }
    guard type.stored(projection.scale) != nil else {
      throw projection.error("has a scale of \(projection.scale), which a half cannot hold; use i2_s")
    }
    let columns = projection.columns
    let isDamaged = RowFlags(projection.rows)
    try pieces(
      rows: projection.rows, rowBytes: type.rowBytes(columns: columns), forEachRow: forEachRow, write: write
    ) { place, out in
      withUnsafeTemporaryAllocation(of: Int8.self, capacity: columns) { weights in
        if !projection.readRow(order.logical(place), into: weights.baseAddress!) {
          isDamaged.set(place)
          weights.update(repeating: 0)
        }
        type.encode(weights.baseAddress!, columns: columns, scale: projection.scale, into: out)
      }
    }
    if isDamaged.first != nil {
      throw projection.error("holds a weight that is not -1, 0 or +1; the file is damaged: download it again")
    }
    if type == .i2S {
      var trailer = [UInt8](repeating: 0, count: GGMLType.i2STrailerBytes)
      withUnsafeBytes(of: projection.scale.bitPattern.littleEndian) { trailer.replaceSubrange(0..<4, with: $0) }
      try trailer.withUnsafeBytes(write)
    }
  }

  /// Makes a matrix of floats ternary, writes it, and adds to a tally what that did to its weights.
  ///
  /// - Parameter role: that of the projection, under which all layers are reported together.
  /// - Throws: `ModelFileError` for weights that are no numbers, and a scale that the type cannot hold.
  static func write(
    _ matrix: StoredMatrix, ternarized how: Ternarization, as type: TernaryType,
    order: TernaryTensor.RowOrder = .asStored, role: String, tally: inout TernarizationTally, forEachRow: RowLoop,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { matrix.release() }
    let projection = try matrix.ternarised(how, forEachRow: forEachRow)
    try self.write(projection, as: type, order: order, forEachRow: forEachRow, write: write)
    // What was written had a scale that can be stored.
    let scale = type.stored(projection.scale) ?? projection.scale
    tally.add(role, matrix, projection, scale: scale, forEachRow: forEachRow)
  }

  /// Writes a matrix of floats as it is stored, or rounded to a format.
  ///
  /// - Parameters:
  ///   - order: that of the rows in the file to be written.
  ///   - advice: what to do where the format cannot hold a weight.
  /// - Throws: `ModelFileError` for weights that the format cannot hold.
  static func write(
    _ matrix: StoredMatrix, as format: DenseFormat?, order: TernaryTensor.RowOrder = .asStored, advice: String,
    forEachRow: RowLoop, write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { matrix.release() }
    // Rows that keep their places are those of the file that is read, whatever the order is.
    guard let format, format != matrix.denseFormat || order != matrix.order else { return try write(matrix.bytes) }
    let isDamaged = RowFlags(matrix.rows)
    let rowBytes = matrix.columns / format.blockWeights * format.blockBytes
    try pieces(rows: matrix.rows, rowBytes: rowBytes, forEachRow: forEachRow, write: write) { row, out in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: matrix.columns) { values in
        matrix.readRow(order.logical(row), into: values.baseAddress!)
        if values.contains(where: { !($0.magnitude <= format.largestWeight) }) {
          isDamaged.set(row)
        } else {
          format.encode(values.baseAddress!, columns: matrix.columns, into: out)
        }
      }
    }
    if let row = isDamaged.first {
      throw matrix.error(
        "row \(row) has a weight that \(format.rawValue) cannot hold: it is not finite or above "
          + "\(format.largestWeight); \(advice)")
    }
  }

  /// Fills a buffer with some rows at a time and writes it.
  private static func pieces(
    rows: Int, rowBytes: Int, forEachRow: RowLoop, write: (UnsafeRawBufferPointer) throws -> Void,
    encode: @escaping (_ row: Int, _ out: UnsafeMutableRawPointer) -> Void
  ) throws {
    let count = max(1, min(rows, pieceBytes / max(rowBytes, 1)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count * rowBytes, alignment: 64)
    defer { buffer.deallocate() }
    for start in stride(from: 0, to: rows, by: count) {
      let piece = min(count, rows - start)
      forEachRow(piece) { range in
        for row in range { encode(start + row, buffer.baseAddress! + row * rowBytes) }
      }
      try write(UnsafeRawBufferPointer(rebasing: buffer[0..<piece * rowBytes]))
    }
  }
}
