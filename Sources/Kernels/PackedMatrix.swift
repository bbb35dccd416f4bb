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
  /// The memory that holds them, in order of rows: one part, or one for each place that rows were put in.
  let parts: [Part]
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
  public convenience init(rows: Int, columns: Int, packing: Packing) throws(KernelError) {
    let bytes = try packing.bytes(rows: rows, columns: columns)
    let memory = PanelMemory(try AlignedBuffer(bytes: bytes))
    try self.init(rows: rows, columns: columns, packing: packing, cuts: [], memory: [memory])
  }

  /// Uses memory in parts: `cuts` are the panels, ascending, at which a new part begins, and `memory` holds one entry
  /// more than `cuts`, each with room for its panels.
  ///
  /// Throws `KernelError.shape`.
  public init(
    rows: Int, columns: Int, packing: Packing, cuts: [Int], memory: [PanelMemory]
  ) throws(KernelError) {
    _ = try packing.bytes(rows: rows, columns: columns)
    let panelCount = packing.panelCount(rows: rows)
    let panelBytes = packing.panelBytes(columns: columns)
    let bounds = [0] + cuts + [panelCount]
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "cuts ascend within the panels")
    precondition(memory.count == cuts.count + 1, "every part has its memory")
    self.parts = memory.enumerated().map { index, memory in
      Part(panels: bounds[index]..<bounds[index + 1], rowBlock: packing.rowBlock, memory: memory)
    }
    self.rows = rows
    self.columns = columns
    self.packing = packing
    self.panelCount = panelCount
    self.panelBytes = panelBytes
  }
}

extension PackedMatrix {
  /// Panels that follow one another in memory.
  struct Part: Sendable {
    let panels: Range<Int>
    /// The rows of those panels, the last one's padding included.
    let rows: Range<Int>
    let memory: PanelMemory

    init(panels: Range<Int>, rowBlock: Int, memory: PanelMemory) {
      self.panels = panels
      self.memory = memory
      rows = panels.lowerBound * rowBlock..<panels.upperBound * rowBlock
    }

    /// The first panel.
    var weights: UnsafePointer<UInt8> { UnsafePointer(memory.address.assumingMemoryBound(to: UInt8.self)) }
  }
}

/// Memory for some panels, and what keeps it: a buffer of its own, or a piece of one.
public struct PanelMemory: @unchecked Sendable {
  /// The first byte, aligned to a cache line.
  public let address: UnsafeMutableRawPointer
  /// Keeps the memory mapped.
  private let owner: AlignedBuffer

  /// Wraps a buffer from `offset` on, a multiple of 64.
  public init(_ owner: AlignedBuffer, offset: Int = 0) {
    self.owner = owner
    address = owner.address + offset
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
    let part = parts.first { $0.panels.contains(panel) }!
    return (part.memory.address + (panel - part.panels.lowerBound) * panelBytes).assumingMemoryBound(to: UInt8.self)
  }
}
