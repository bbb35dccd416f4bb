import Engine
import Kernels

/// Products of dense float matrices, y += a·b, on all threads of a pool.
///
/// Every element of y is one sum in ascending order of the depth, one fused multiply-add each, as
/// `VectorOps.multiplyAdd` makes it: the result is the same to the bit for every instruction set, thread count and cut
/// into blocks. So the blocks below follow the caches alone, as Goto and van de Geijn laid them out
/// (10.1145/1356052.1356053): a block of b is packed once for all threads, parts of it lie in the second-level cache of
/// each, a panel of a in the first, a tile of y in registers.
package final class MatrixProducts: Sendable {
  /// Steps of the depth that are packed at once: twelve rows of them are 12 KiB, a third of a first-level cache.
  static let blockDepth = 256
  /// Columns of b that are packed at once: 1.5 MiB, so that packing a group of a is a fiftieth of what is done with it.
  static let blockColumns = 1536
  /// Columns of a block that a thread goes through with every row of its group: 384 KiB of a second-level cache.
  static let nearColumns = 384
  /// Columns that one thread packs at a time, whole tiles of 8, 24 and 32.
  static let packedColumns = 96
  /// The most rows of a that are packed at once, whole tiles of 4, 8 and 12: where a is turned, 384 bytes of each row of
  /// memory.
  static let groupRows = 96
  /// The groups that every thread finds to do, so that one that was held up leaves some of them to the others.
  private static let groupsPerThread = 3

  /// The threads.
  let pool: ThreadPool
  private let vectors: VectorOps
  /// Two blocks of b, then a group of a for each thread.
  private let scratch: AlignedBuffer

  private static let floatsPerBlock = blockColumns * blockDepth
  private static let floatsPerGroup = groupRows * blockDepth

  /// Takes memory for the panels: 3 MiB, and 96 KiB for each thread.
  ///
  /// - Throws: `KernelError` when the system has not enough memory.
  package init(pool: ThreadPool, vectors: VectorOps = .best) throws {
    precondition(Self.groupRows.isMultiple(of: vectors.tileRows), "a group of rows is whole tiles")
    precondition(Self.packedColumns.isMultiple(of: vectors.tileColumns), "columns that are packed are whole tiles")
    self.pool = pool
    self.vectors = vectors
    let floats = 2 * Self.floatsPerBlock + pool.threads * Self.floatsPerGroup
    scratch = try AlignedBuffer(bytes: floats * MemoryLayout<Float>.stride)
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

  /// A block of b.
  private struct Block {
    let depths: Range<Int>
    let columns: Range<Int>
  }

  /// y[rows, columns] += a[rows, depth] · b[depth, columns]; rows of y lie `stride` floats apart.
  package func add(
    _ a: Matrix, _ b: Matrix, rows: Int, depth: Int, columns: Int, to y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard rows > 0, columns > 0, depth > 0 else { return }
    let groupRows = groupRows(of: rows)
    let groups = Self.parts(of: rows, by: groupRows)
    let blocks = Self.blocks(depth: depth, columns: columns)
    let scratch = scratch.address.assumingMemoryBound(to: Float.self)
    pool.parallelItems(Self.parts(of: blocks[0].columns.count, by: Self.packedColumns)) { _, part in
      self.pack(b, part: part, of: blocks[0], into: scratch)
    }
    // While a block is multiplied, the next one is packed: last, in small parts, which even out who was held up.
    for index in blocks.indices {
      let panels = scratch + index % 2 * Self.floatsPerBlock
      let next = scratch + (index + 1) % 2 * Self.floatsPerBlock
      let nextColumns = index + 1 < blocks.count ? blocks[index + 1].columns.count : 0
      pool.parallelItems(groups + Self.parts(of: nextColumns, by: Self.packedColumns)) { thread, item in
        guard item < groups else { return self.pack(b, part: item - groups, of: blocks[index + 1], into: next) }
        self.add(
          a, rows: item * groupRows..<min((item + 1) * groupRows, rows), blocks[index], panels, to: y, stride: stride,
          aPanels: scratch + 2 * Self.floatsPerBlock + thread * Self.floatsPerGroup)
      }
    }
  }

  /// Blocks in an order in which every column's depths ascend.
  private static func blocks(depth: Int, columns: Int) -> [Block] {
    stride(from: 0, to: columns, by: blockColumns).flatMap { column in
      stride(from: 0, to: depth, by: blockDepth).map { first in
        Block(
          depths: first..<min(first + blockDepth, depth), columns: column..<min(column + blockColumns, columns))
      }
    }
  }

  /// As many rows as leave every thread some groups, in whole tiles.
  private func groupRows(of rows: Int) -> Int {
    let share = pool.threads == 1 ? rows : Self.parts(of: rows, by: Self.groupsPerThread * pool.threads)
    return min(Self.groupRows, Self.parts(of: share, by: vectors.tileRows) * vectors.tileRows)
  }

  private static func parts(of count: Int, by size: Int) -> Int { (count + size - 1) / size }

  /// Packs a part of the columns of a block.
  private func pack(_ b: Matrix, part: Int, of block: Block, into panels: UnsafeMutablePointer<Float>) {
    let first = part * Self.packedColumns
    let columns = block.columns.dropFirst(first).prefix(Self.packedColumns)
    pack(b, isLeft: false, lines: columns, depths: block.depths, into: panels + first * block.depths.count)
  }

  /// One group of rows times one block.
  private func add(
    _ a: Matrix, rows: Range<Int>, _ block: Block, _ panels: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>,
    stride yStride: Int, aPanels: UnsafeMutablePointer<Float>
  ) {
    let (depth, columns) = (block.depths.count, block.columns.count)
    pack(a, isLeft: true, lines: rows, depths: block.depths, into: aPanels)
    let y = y + rows.lowerBound * yStride + block.columns.lowerBound
    for firstNear in stride(from: 0, to: columns, by: Self.nearColumns) {
      for row in stride(from: 0, to: rows.count, by: vectors.tileRows) {
        for column in stride(from: firstNear, to: min(firstNear + Self.nearColumns, columns), by: vectors.tileColumns) {
          addTile(
            aPanels + row * depth, panels + column * depth, depth: depth, rows: rows.count - row,
            columns: columns - column, to: y + row * yStride + column, stride: yStride)
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
}
