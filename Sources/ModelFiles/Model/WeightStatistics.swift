import Kernels

// What all weights of a float matrix have in common, found by reading all rows on as many threads as the caller has.

extension StoredMatrix {
  /// g, where every weight is -g, 0 or +g, and 0 where all are 0; nil where they are anything else.
  ///
  /// - Throws: `ModelFileError` when g is not finite.
  func commonMagnitude(forEachRow: RowLoop) throws -> Float? {
    let own = perRow(RowMagnitude(), forEachRow: forEachRow, magnitude(ofRow:))
    let largest = own.reduce(0) { max($0, $1.magnitude) }
    guard own.allSatisfy({ $0.isUniform && ($0.magnitude == largest || $0.magnitude == 0) }) else { return nil }
    guard largest.isFinite else { throw notFinite() }
    return largest
  }

  /// g of masters: the mean magnitude of the whole tensor, at least `AbsmeanWeights.floor`.
  ///
  /// Sums are made by row and added in order, so that the loop's threads do not matter.
  ///
  /// - Throws: `ModelFileError` when a weight is not finite.
  func meanMagnitude(forEachRow: RowLoop) throws -> Float {
    let sums = perRow(0.0, forEachRow: forEachRow) { row in
      withRow(row) { AbsmeanWeights.sumOfMagnitudes(UnsafeBufferPointer(start: $0, count: columns)) }
    }
    let mean = Float(sums.reduce(0, +) / Double(max(rows * columns, 1)))
    guard mean.isFinite else { throw notFinite() }
    return max(mean, AbsmeanWeights.floor)
  }

  /// Whether the first row that is not all zeros holds more than one magnitude.
  var firstRowHasMagnitudes: Bool {
    for row in 0..<rows {
      let own = magnitude(ofRow: row)
      if own.magnitude != 0 { return !own.isUniform }
    }
    return false
  }

  /// A value of every row.
  func perRow<Value: Sendable>(
    _ start: Value, forEachRow: RowLoop, _ body: @escaping (Int) -> Value
  ) -> [Value] {
    var values = [Value](repeating: start, count: rows)
    values.withUnsafeMutableBufferPointer { values in
      let values = values
      forEachRow(rows) { rows in
        for row in rows { values[row] = body(row) }
      }
    }
    return values
  }

  private func notFinite() -> ModelFileError {
    error("holds a weight that is not finite; the file is damaged: download it again")
  }

  // MARK: - Single rows

  /// What one row's magnitudes have in common.
  private struct RowMagnitude {
    /// The first that is not 0; infinity for NaN, too.
    var magnitude: Float = 0
    /// Whether no other follows it.
    var isUniform = true
  }

  private func magnitude(ofRow row: Int) -> RowMagnitude {
    switch encoding {
    case .half:
      let (bits, isUniform) = FloatBits<UInt16>.commonMagnitude(rowAddress(row), count: columns)
      return RowMagnitude(magnitude: FloatFormats.float(half: bits).orInfinity, isUniform: isUniform)
    case .bfloat:
      let (bits, isUniform) = FloatBits<UInt16>.commonMagnitude(rowAddress(row), count: columns)
      return RowMagnitude(magnitude: Float(bitPattern: UInt32(bits) << 16).orInfinity, isUniform: isUniform)
    case .other:
      let (bits, isUniform) = withRow(row) { FloatBits<UInt32>.commonMagnitude($0, count: columns) }
      return RowMagnitude(magnitude: Float(bitPattern: bits).orInfinity, isUniform: isUniform)
    }
  }

  /// Writes -1, 0 and +1 for a row of -magnitude, 0 and +magnitude; false where there is anything else.
  func readTernaryRow(_ row: Int, magnitude: Float, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    switch encoding {
    case .half:
      return FloatBits<UInt16>.readTernary(
        rowAddress(row), count: columns, magnitude: FloatFormats.half(magnitude), into: weights)
    case .bfloat:
      return FloatBits<UInt16>.readTernary(
        rowAddress(row), count: columns, magnitude: FloatFormats.bfloat(magnitude), into: weights)
    case .other:
      return withRow(row) {
        FloatBits<UInt32>.readTernary($0, count: columns, magnitude: magnitude.bitPattern, into: weights)
      }
    }
  }

  /// Calls `body` with the floats of one row.
  func withRow<Result>(_ row: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
      readRow(row, into: values.baseAddress!)
      return body(values.baseAddress!)
    }
  }
}

extension Float {
  /// NaN compares as nothing; infinity is refused as well, and compares.
  fileprivate var orInfinity: Float { isNaN ? .infinity : self }
}

/// Floats as they are stored: a sign in the top bit, and a magnitude below it that is compared as an integer.
private enum FloatBits<Bits: FixedWidthInteger & UnsignedInteger> {
  /// The first magnitude that is not 0, and whether no other one follows.
  @inline(__always)
  static func commonMagnitude(_ source: UnsafeRawPointer, count: Int) -> (Bits, isUniform: Bool) {
    var first: Bits = 0
    var start = 0
    while start < count, first == 0 {
      first = load(source, start) & (Bits.max &>> 1)
      start += 1
    }
    var strange: Bits = 0
    for i in start..<count {
      let magnitude = load(source, i) & (Bits.max &>> 1)
      strange |= (magnitude != 0 ? 1 : 0) & (magnitude != first ? 1 : 0)
    }
    return (first, strange == 0)
  }

  /// Writes the signs of what has this magnitude, which is not 0; false where there is another.
  @inline(__always)
  static func readTernary(
    _ source: UnsafeRawPointer, count: Int, magnitude: Bits, into weights: UnsafeMutablePointer<Int8>
  ) -> Bool {
    var strange: Bits = 0
    for i in 0..<count {
      let bits = load(source, i)
      let own = bits & (Bits.max &>> 1)
      let isOne: Bits = own == magnitude ? 1 : 0
      strange |= (own != 0 ? 1 : 0) ^ isOne
      // All ones where the sign is set: the number that turns a one to its negative.
      let sign = 0 &- (bits &>> Bits(Bits.bitWidth - 1))
      weights[i] = Int8(truncatingIfNeeded: (isOne ^ sign) &- sign)
    }
    return strange == 0
  }

  @inline(__always)
  private static func load(_ source: UnsafeRawPointer, _ index: Int) -> Bits {
    source.loadUnaligned(fromByteOffset: index &* MemoryLayout<Bits>.size, as: Bits.self)
  }
}
