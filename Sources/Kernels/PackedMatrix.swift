import CKernels

/// Holds the ternary weights of one matrix [rows, columns] in a kernel's packing.
///
/// Panels are packed in place, disjoint ones by different threads at once; once every panel is packed the matrix is
/// only read.
public final class PackedMatrix: Sendable {
  /// The rows that were asked for.
  public let rows: Int
  /// The columns that were asked for.
  public let columns: Int
  /// How the weights lie.
  public let packing: Packing
  /// The memory that holds them.
  public let buffer: AlignedBuffer
  /// The number of panels, each of `packing.rowBlock` rows.
  public let panelCount: Int
  /// The bytes of one panel.
  public let panelBytes: Int

  /// The rows with those that fill the last panel.
  public var paddedRows: Int { panelCount * packing.rowBlock }
  /// The bytes of all panels.
  public var bytes: Int { panelCount * panelBytes }

  /// Takes the memory of a matrix; every panel has to be packed before it is read.
  ///
  /// Throws `KernelError.shape` or `KernelError.outOfMemory`.
  public init(rows: Int, columns: Int, packing: Packing) throws(KernelError) {
    self.buffer = try AlignedBuffer(bytes: packing.bytes(rows: rows, columns: columns))
    self.rows = rows
    self.columns = columns
    self.packing = packing
    self.panelCount = packing.panelCount(rows: rows)
    self.panelBytes = packing.panelBytes(columns: columns)
  }

  /// The first panel.
  var weights: UnsafePointer<UInt8> {
    UnsafePointer(buffer.address.assumingMemoryBound(to: UInt8.self))
  }
}

extension PackedMatrix {
  /// Packs some panels; `source` writes the `columns` weights, each −1, 0 or +1, of one row of the matrix.
  ///
  /// One panel of scratch is allocated per call, so a call should cover many panels.
  public func packPanels(_ panels: Range<Int>, source: (_ row: Int, _ weights: UnsafeMutablePointer<Int8>) -> Void) {
    precondition(panels.lowerBound >= 0 && panels.upperBound <= panelCount)
    let rowBlock = packing.rowBlock
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: rowBlock * columns) { scratch in
      guard let weights = scratch.baseAddress else { return }
      for panel in panels {
        let first = panel * rowBlock
        let count = min(rowBlock, rows - first)
        for row in 0..<count { source(first + row, weights + row * columns) }
        packing.row.pointee.pack_panel(weights, columns, count, columns, address(ofPanel: panel))
      }
    }
  }

  /// Packs synthetic weights: row r of the matrix is row `firstRow + r` of the generator that `seed` starts.
  public func packSynthetic(panels: Range<Int>, seed: UInt64, firstRow: Int = 0) {
    packPanels(panels) { row, weights in
      SyntheticWeights.row(firstRow + row, seed: seed, columns: columns, into: weights)
    }
  }

  /// Unpacks all weights, row after row: what tests compare.
  public func unpacked() -> [Int8] {
    [Int8](unsafeUninitializedCapacity: rows * columns) { weights, count in
      count = rows * columns
      guard let base = weights.baseAddress else { return }
      for panel in 0..<panelCount {
        let first = panel * packing.rowBlock
        packing.row.pointee.unpack_panel(
          address(ofPanel: panel), min(packing.rowBlock, rows - first), columns, base + first * columns, columns)
      }
    }
  }

  private func address(ofPanel panel: Int) -> UnsafeMutablePointer<UInt8> {
    (buffer.address + panel * panelBytes).assumingMemoryBound(to: UInt8.self)
  }
}
