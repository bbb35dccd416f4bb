import Engine
import Kernels

/// Products of dense float matrices, y += a·b, on all threads of a pool.
///
/// Every element of y is one sum in ascending order of the depth, one fused multiply-add each, as
/// `VectorOps.multiplyAdd` makes it: the result is the same to the bit for every instruction set, thread count and cut
/// into blocks. So the blocks below follow the caches alone.
package final class MatrixProducts: Sendable {
  /// Columns of b that are multiplied together: two registers of AVX-512, four of AVX2.
  static let panelColumns = 32
  /// Rows of b that are multiplied together: with 32 columns 24 KiB, which stay in a first-level cache of 32 KiB.
  static let panelDepth = 192
  /// Rows of a that share a packed panel, where threads leave a choice: packing costs one part in a few hundred then.
  static let rowBlock = 480

  /// The threads.
  let pool: ThreadPool
  let vectors = VectorOps.best
  private let scratch: AlignedBuffer

  private static let panelFloats = panelColumns * panelDepth
  /// A packed panel, and a tile of y for columns that are no multiple of eight.
  private static let floatsPerThread = panelFloats + panelColumns * rowBlock

  /// Takes a panel of memory for each thread.
  ///
  /// - Throws: `KernelError` when the system has not enough memory.
  package init(pool: ThreadPool) throws {
    self.pool = pool
    scratch = try AlignedBuffer(bytes: pool.threads * Self.floatsPerThread * MemoryLayout<Float>.stride)
  }

  /// A right-hand side [depth, columns] as it lies in memory.
  package struct RightSide {
    let address: UnsafePointer<Float>
    let stride: Int
    let isTransposed: Bool

    /// Rows of `stride` floats, one per step of the depth.
    package static func rows(_ address: UnsafePointer<Float>, stride: Int) -> Self {
      Self(address: address, stride: stride, isTransposed: false)
    }

    /// Rows of `stride` floats, one per column: the transpose is multiplied.
    package static func transposed(_ address: UnsafePointer<Float>, stride: Int) -> Self {
      Self(address: address, stride: stride, isTransposed: true)
    }
  }

  /// y[rows, columns] += a[rows, depth] · b[depth, columns].
  package func add(
    _ a: UnsafePointer<Float>, stride aStride: Int, rows: Int, depth: Int, _ b: RightSide, columns: Int,
    to y: UnsafeMutablePointer<Float>, stride yStride: Int
  ) {
    guard rows > 0, columns > 0, depth > 0 else { return }
    let panels = (columns + Self.panelColumns - 1) / Self.panelColumns
    // Whole columns where there are enough panels for all threads to finish together.
    let blockRows = panels >= 4 * pool.threads ? rows : min(rows, Self.rowBlock)
    let blocks = (rows + blockRows - 1) / blockRows
    pool.parallelItems(panels * blocks) { thread, item in
      let (panel, block) = item.quotientAndRemainder(dividingBy: blocks)
      let columnRange = panel * Self.panelColumns..<min((panel + 1) * Self.panelColumns, columns)
      let rowRange = block * blockRows..<min((block + 1) * blockRows, rows)
      self.add(
        a + rowRange.lowerBound * aStride, aStride, rowRange.count, depth, b, columnRange,
        y + rowRange.lowerBound * yStride + columnRange.lowerBound, yStride, thread)
    }
  }

  /// One thread's tile: some rows, the columns of one panel, all of the depth.
  private func add(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ rows: Int, _ depth: Int, _ b: RightSide, _ columns: Range<Int>,
    _ y: UnsafeMutablePointer<Float>, _ yStride: Int, _ thread: Int
  ) {
    let packed = scratch.address.assumingMemoryBound(to: Float.self) + thread * Self.floatsPerThread
    let isWhole = columns.count.isMultiple(of: 8)
    let width = isWhole ? columns.count : Self.panelColumns
    for first in stride(from: 0, to: depth, by: Self.panelDepth) {
      let count = min(Self.panelDepth, depth - first)
      pack(b, depths: first..<first + count, columns: columns, width: width, into: packed)
      if isWhole {
        vectors.multiplyAdd(
          a + first, stride: aStride, rows: rows, depth: count, packed, stride: width, columns: width, to: y,
          stride: yStride)
      } else {
        addPadded(a + first, aStride, rows, count, packed, columns.count, y, yStride)
      }
    }
  }

  /// Through a tile of whole registers, as y has none to spare behind its last column.
  private func addPadded(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ rows: Int, _ depth: Int, _ packed: UnsafeMutablePointer<Float>,
    _ columns: Int, _ y: UnsafeMutablePointer<Float>, _ yStride: Int
  ) {
    let (tile, width) = (packed + Self.panelFloats, Self.panelColumns)
    for start in stride(from: 0, to: rows, by: Self.rowBlock) {
      let count = min(Self.rowBlock, rows - start)
      tile.update(repeating: 0, count: count * width)
      for row in 0..<count { (tile + row * width).update(from: y + (start + row) * yStride, count: columns) }
      vectors.multiplyAdd(
        a + start * aStride, stride: aStride, rows: count, depth: depth, packed, stride: width, columns: width,
        to: tile, stride: width)
      for row in 0..<count { (y + (start + row) * yStride).update(from: tile + row * width, count: columns) }
    }
  }

  /// Copies a part of b to [depths, width], zeros behind its last column.
  private func pack(
    _ b: RightSide, depths: Range<Int>, columns: Range<Int>, width: Int, into packed: UnsafeMutablePointer<Float>
  ) {
    if columns.count < width { packed.update(repeating: 0, count: depths.count * width) }
    if b.isTransposed {
      for column in columns {
        let source = b.address + column * b.stride + depths.lowerBound
        let target = packed + (column - columns.lowerBound)
        for depth in 0..<depths.count { target[depth * width] = source[depth] }
      }
    } else {
      for depth in depths {
        (packed + (depth - depths.lowerBound) * width)
          .update(from: b.address + depth * b.stride + columns.lowerBound, count: columns.count)
      }
    }
  }
}
