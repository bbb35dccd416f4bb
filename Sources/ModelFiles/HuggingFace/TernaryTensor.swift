import Kernels

/// The weights of one projection, [rows, columns] in {-1, 0, +1} with one scale g, however the checkpoint stores them.
public struct TernaryTensor: Sendable {
  /// How the stored bytes become weights.
  enum Storage: Sendable {
    /// U8 [rows/4, columns]: byte (r, k) holds rows r, r + rows/4, r + 2·rows/4 and r + 3·rows/4 of column k in bits
    /// 0–1, 2–3, 4–5 and 6–7, as weight plus one (transformers' `pack_weights`).
    case packed
    /// Floats that are -1, 0 or +1.
    case ternaryFloats
    /// I8 that are -1, 0 or +1.
    case ternaryBytes
    /// Floats that are rounded to the nearest of -g, 0, +g.
    case masters
  }

  /// Output width.
  public let rows: Int
  /// Input width.
  public let columns: Int
  /// What a product of integers is multiplied by.
  ///
  /// For masters it is the mean magnitude, which has to be given.
  public let scale: Float
  let tensor: Tensor
  let storage: Storage

  /// Writes the weights of one row; false if a stored value is not ternary.
  public func readRow(_ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    switch storage {
    case .packed: readPacked(row, into: weights)
    case .ternaryFloats: readFloats(row) { values in Self.copy(values, columns, into: weights) }
    case .ternaryBytes: readBytes(row, into: weights)
    case .masters:
      readFloats(row) { values in
        AbsmeanWeights.ternarise(values, count: columns, scale: scale, into: weights)
        return true
      }
    }
  }

  /// Makes an error about the stored tensor.
  public func error(_ problem: String) -> ModelFileError { tensor.error(problem) }

  private func readPacked(_ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let (field, packedRow) = row.quotientAndRemainder(dividingBy: rows / 4)
    let codes = tensor.bytes.baseAddress! + packedRow * columns
    let shift = UInt8(2 * field)
    var invalid = false
    for column in 0..<columns {
      let code = codes.load(fromByteOffset: column, as: UInt8.self) &>> shift & 3
      invalid = invalid || code == 3
      weights[column] = Int8(code) - 1
    }
    return !invalid
  }

  private func readBytes(_ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let source = tensor.bytes.baseAddress! + row * columns
    var valid = true
    for column in 0..<columns {
      weights[column] = source.load(fromByteOffset: column, as: Int8.self)
      valid = valid && (-1...1).contains(weights[column])
    }
    return valid
  }

  private func readFloats(_ row: Int, _ body: (UnsafePointer<Float>) -> Bool) -> Bool {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
      tensor.readFloats(from: row * columns, count: columns, into: values.baseAddress!)
      return body(values.baseAddress!)
    }
  }

  private static func copy(
    _ values: UnsafePointer<Float>, _ count: Int, into weights: UnsafeMutablePointer<Int8>
  ) -> Bool {
    var valid = true
    for i in 0..<count {
      weights[i] = values[i] == 1 ? 1 : values[i] == -1 ? -1 : 0
      valid = valid && Float(weights[i]) == values[i]
    }
    return valid
  }
}
