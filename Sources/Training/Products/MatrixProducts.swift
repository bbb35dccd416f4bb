import Engine
import Kernels

/// Products of dense float matrices, y += a·b, on all threads of a pool.
///
/// Every element of y is one sum in ascending order of the depth, one fused multiply-add each, as
/// `VectorOps.multiplyAdd` makes it: the result is the same to the bit for every instruction set, thread count and cut
/// into blocks. So the blocks below follow the caches alone, as Goto and van de Geijn laid them out
/// (10.1145/1356052.1356053): panels of b lie in the second-level cache, one of a in the first, a tile of y in registers.
package final class MatrixProducts: Sendable {
  /// Steps of the depth that are packed at once: twelve rows of them are 12 KiB, a third of a first-level cache.
  static let blockDepth = 256
  /// Columns of b that are packed at once, whole tiles of 8, 24 and 32: 384 KiB of a second-level cache.
  static let blockColumns = 384
  /// Rows of a that are packed at once, whole tiles of 4, 8 and 12: where a is turned, 384 bytes of each row of memory.
  static let groupRows = 96
  /// The parts that every thread finds to do, so that one that was held up leaves some of them to the others.
  private static let itemsPerThread = 3

  /// The threads.
  let pool: ThreadPool
  private let vectors: VectorOps
  private let scratch: AlignedBuffer

  private static let floatsPerThread = (blockColumns + groupRows) * blockDepth

  /// Takes memory for the panels of each thread.
  ///
  /// - Throws: `KernelError` when the system has not enough memory.
  package init(pool: ThreadPool, vectors: VectorOps = .best) throws {
    precondition(Self.groupRows.isMultiple(of: vectors.tileRows), "a group of rows is whole tiles")
    precondition(Self.blockColumns.isMultiple(of: vectors.tileColumns), "a block of columns is whole tiles")
    self.pool = pool
    self.vectors = vectors
    scratch = try AlignedBuffer(bytes: pool.threads * Self.floatsPerThread * MemoryLayout<Float>.stride)
  }

  /// A factor of a product as it lies in memory, in rows `stride` floats apart.
  package struct Matrix {
    let address: UnsafePointer<Float>
    let stride: Int
    /// Whether rows of memory are columns of the matrix.
    let isTransposed: Bool
    /// What each row of memory is multiplied with before, if anything.
    let factors: UnsafePointer<Float>?

    /// The matrix as it lies in memory.
    package static func rows(
      _ address: UnsafePointer<Float>, stride: Int, factors: UnsafePointer<Float>? = nil
    ) -> Self {
      Self(address: address, stride: stride, isTransposed: false, factors: factors)
    }

    /// The transpose of what lies in memory.
    package static func transposed(
      _ address: UnsafePointer<Float>, stride: Int, factors: UnsafePointer<Float>? = nil
    ) -> Self {
      Self(address: address, stride: stride, isTransposed: true, factors: factors)
    }
  }

  /// y[rows, columns] += a[rows, depth] · b[depth, columns]; rows of y lie `stride` floats apart.
  package func add(
    _ a: Matrix, _ b: Matrix, rows: Int, depth: Int, columns: Int, to y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard rows > 0, columns > 0, depth > 0 else { return }
    let columnBlocks = (columns + Self.blockColumns - 1) / Self.blockColumns
    let rowBlocks = pool.threads == 1 ? 1 : (Self.itemsPerThread * pool.threads + columnBlocks - 1) / columnBlocks
    let blockRows = Self.roundUp((rows + rowBlocks - 1) / rowBlocks, to: vectors.tileRows)
    let usedRowBlocks = (rows + blockRows - 1) / blockRows
    pool.parallelItems(columnBlocks * usedRowBlocks) { thread, item in
      let (block, part) = item.quotientAndRemainder(dividingBy: usedRowBlocks)
      self.add(
        a, b, rows: part * blockRows..<min((part + 1) * blockRows, rows), depth: depth,
        columns: block * Self.blockColumns..<min((block + 1) * Self.blockColumns, columns), to: y, stride: stride,
        panels: self.scratch.address.assumingMemoryBound(to: Float.self) + thread * Self.floatsPerThread)
    }
  }

  /// One thread's part of y: some rows, the columns of one block, all of the depth.
  private func add(
    _ a: Matrix, _ b: Matrix, rows: Range<Int>, depth: Int, columns: Range<Int>, to y: UnsafeMutablePointer<Float>,
    stride yStride: Int, panels: UnsafeMutablePointer<Float>
  ) {
    let (bPanels, aPanels) = (panels, panels + Self.blockColumns * Self.blockDepth)
    for firstDepth in stride(from: 0, to: depth, by: Self.blockDepth) {
      let depths = firstDepth..<min(firstDepth + Self.blockDepth, depth)
      pack(b, isLeft: false, lines: columns, depths: depths, into: bPanels)
      for firstRow in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.groupRows) {
        let group = firstRow..<min(firstRow + Self.groupRows, rows.upperBound)
        pack(a, isLeft: true, lines: group, depths: depths, into: aPanels)
        for row in stride(from: 0, to: group.count, by: vectors.tileRows) {
          let out = y + (group.lowerBound + row) * yStride + columns.lowerBound
          for column in stride(from: 0, to: columns.count, by: vectors.tileColumns) {
            addTile(
              aPanels + row * depths.count, bPanels + column * depths.count, depth: depths.count,
              rows: group.count - row, columns: columns.count - column, to: out + column, stride: yStride)
          }
        }
      }
    }
  }

  /// One tile of y, of which `rows` and `columns` or fewer are there: what is not lies beyond its end.
  private func addTile(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, depth: Int, rows: Int, columns: Int,
    to y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let (tileRows, tileColumns) = (vectors.tileRows, vectors.tileColumns)
    guard rows < tileRows || columns < tileColumns else {
      return vectors.multiplyTile(a, b, depth: depth, to: y, stride: stride)
    }
    let (rows, columns) = (min(rows, tileRows), min(columns, tileColumns))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: tileRows * tileColumns) { memory in
      guard let tile = memory.baseAddress else { return }
      memory.initialize(repeating: 0)
      for row in 0..<rows { (tile + row * tileColumns).update(from: y + row * stride, count: columns) }
      vectors.multiplyTile(a, b, depth: depth, to: tile, stride: tileColumns)
      for row in 0..<rows { (y + row * stride).update(from: tile + row * tileColumns, count: columns) }
    }
  }

  /// Packs rows of a left or columns of a right matrix.
  private func pack(
    _ matrix: Matrix, isLeft: Bool, lines: Range<Int>, depths: Range<Int>, into out: UnsafeMutablePointer<Float>
  ) {
    let width = isLeft ? vectors.tileRows : vectors.tileColumns
    if matrix.isTransposed == isLeft {
      Panels.packAcross(
        matrix.address + depths.lowerBound * matrix.stride + lines.lowerBound, stride: matrix.stride,
        lines: lines.count, depth: depths.count, width: width,
        factors: matrix.factors.map { $0 + depths.lowerBound }, into: out)
    } else {
      Panels.packAlong(
        matrix.address + lines.lowerBound * matrix.stride + depths.lowerBound, stride: matrix.stride,
        lines: lines.count, depth: depths.count, width: width,
        factors: matrix.factors.map { $0 + lines.lowerBound }, into: out)
    }
  }

  private static func roundUp(_ count: Int, to multiple: Int) -> Int { (count + multiple - 1) / multiple * multiple }
}
