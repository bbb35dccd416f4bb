import Dispatch
import Testing

@testable import Kernels

@Suite struct PackedMatrixTests {
  @Test(arguments: KernelRegistry.packings.map(\.name))
  func `Threads that pack disjoint panels make the same matrix as one`(name: String) throws {
    let packing = try #require(KernelRegistry.packings.first { $0.name == name })
    let (rows, columns) = (101, 77)
    let matrix = try PackedMatrix(rows: rows, columns: columns, packing: packing)
    DispatchQueue.concurrentPerform(iterations: matrix.panelCount) { panel in
      matrix.packSynthetic(panels: panel..<panel + 1, seed: 42, firstRow: 1000)
    }
    #expect(matrix.unpacked() == Self.synthetic(rows: rows, columns: columns, seed: 42, firstRow: 1000))
  }

  @Test(arguments: KernelRegistry.kernels.filter(\.isAvailable).map(\.id))
  func `A kernel multiplies a packed matrix, one vector and several`(id: String) throws {
    let kernel = try KernelRegistry.resolve(id)
    let (rows, columns, vectors) = (37, 130, 5)
    let matrix = try PackedMatrix(rows: rows, columns: columns, packing: kernel.packing)
    matrix.packSynthetic(panels: 0..<matrix.panelCount, seed: 1)
    let weights = Self.synthetic(rows: rows, columns: columns, seed: 1, firstRow: 0)
    let q = (0..<vectors * columns).map { Int8(truncatingIfNeeded: $0 &* 37 &- 128) }
    let expected = (0..<vectors).map { j in
      (0..<rows).map { row in Self.dot(weights[(row * columns)...].prefix(columns), q[(j * columns)...].prefix(columns))
      }
    }
    func prepare(vectors: Int) throws -> AlignedBuffer {
      let stride = kernel.preparedBytes(columns: columns, vectors: vectors)
      let prepared = try AlignedBuffer(bytes: kernel.preparedBytesMax(columns: columns, vectors: vectors))
      for j in 0..<vectors {
        q.withUnsafeBufferPointer {
          kernel.prepare(
            $0.baseAddress! + j * columns, columns: columns, vectors: vectors, into: prepared.address + j * stride)
        }
      }
      return prepared
    }
    let (alone, together) = (try prepare(vectors: 1), try prepare(vectors: vectors))
    var sums = [Int32](repeating: 0, count: matrix.paddedRows * vectors)
    let all = 0..<matrix.paddedRows
    kernel.multiply(
      matrix, rows: all, prepared: together.address, vectors: vectors, sums: &sums,
      stride: matrix.paddedRows)
    for j in 0..<vectors { #expect(Array(sums[j * matrix.paddedRows..<j * matrix.paddedRows + rows]) == expected[j]) }
    kernel.multiply(matrix, rows: all, prepared: alone.address, sums: &sums)
    #expect(Array(sums[..<rows]) == expected[0])
  }

  @Test func `Shapes that cannot be are refused in words`() throws {
    for packing in KernelRegistry.packings {
      for (rows, columns) in [(0, 1), (1, 0), (-1, 5), (5, -1), (1, Packing.columnsMax + 1), (.max, 64), (.max, .max)] {
        #expect(throws: KernelError.self, "\(rows) × \(columns)") { try packing.bytes(rows: rows, columns: columns) }
        #expect(throws: KernelError.self) { try PackedMatrix(rows: rows, columns: columns, packing: packing) }
      }
      #expect(try packing.bytes(rows: 1, columns: Packing.columnsMax) > 0)
    }
    #expect(throws: KernelError.self) { try DenseMatrix(rows: .max, columns: 2, format: .f32) }
    #expect(throws: KernelError.self) { try DenseMatrix(rows: 0, columns: 2, format: .f16) }
  }

  @Test func `The bytes of a matrix are known before they are taken`() throws {
    for packing in KernelRegistry.packings {
      let matrix = try PackedMatrix(rows: 33, columns: 50, packing: packing)
      #expect(try packing.bytes(rows: 33, columns: 50) == matrix.bytes)
      #expect(matrix.parts.map(\.panels) == [0..<matrix.panelCount])
      #expect(matrix.paddedRows == packing.paddedRows(33))
      #expect(matrix.paddedRows >= 33 && matrix.paddedRows < 33 + packing.rowBlock)
    }
  }

  @Test(arguments: KernelRegistry.kernels.filter(\.isAvailable).map(\.id))
  func `A matrix in several pieces of memory gives the products of one in a piece`(id: String) throws {
    let kernel = try KernelRegistry.resolve(id)
    let (packing, columns, block) = (kernel.packing, 150, kernel.packing.rowBlock)
    let rows = 5 * block
    let cuts = [1, 3]
    let memory = try [1, 2, 2].map { panels in
      PanelMemory(try AlignedBuffer(bytes: 64 + panels * packing.panelBytes(columns: columns)), offset: 64)
    }
    let pieces = try PackedMatrix(rows: rows, columns: columns, packing: packing, cuts: cuts, memory: memory)
    let whole = try PackedMatrix(rows: rows, columns: columns, packing: packing)
    for matrix in [pieces, whole] { matrix.packSynthetic(panels: 0..<matrix.panelCount, seed: 1) }
    #expect(pieces.unpacked() == whole.unpacked())
    let q = (0..<columns).map { Int8(truncatingIfNeeded: $0 &* 37 &- 128) }
    let prepared = try AlignedBuffer(bytes: kernel.preparedBytes(columns: columns, vectors: 1))
    kernel.prepare(q, columns: columns, vectors: 1, into: prepared.address)
    func sums(_ matrix: PackedMatrix, _ range: Range<Int>) -> [Int32] {
      var sums = [Int32](repeating: 7, count: rows)
      kernel.multiply(matrix, rows: range, prepared: prepared.address, sums: &sums)
      return sums
    }
    for range in [0..<rows, block..<4 * block, 2 * block..<3 * block] {
      #expect(sums(pieces, range) == sums(whole, range))
    }
  }

  @Test func `Memory that the system does not have is an error`() {
    #expect(throws: KernelError.outOfMemory(bytes: 1 << 60)) { try AlignedBuffer(bytes: 1 << 60) }
    #expect(throws: KernelError.outOfMemory(bytes: .max)) { try AlignedBuffer(bytes: .max) }
  }

  @Test(arguments: [0, 1, 4096, 5000, 2 << 20, (5 << 20) + 3])
  func `A buffer is zero, aligned and writable to its end`(bytes: Int) throws {
    let buffer = try AlignedBuffer(bytes: bytes)
    #expect(UInt(bitPattern: buffer.address) % (bytes >= 2 << 20 ? 2 << 20 : 4096) == 0)
    let contents = UnsafeMutableRawBufferPointer(start: buffer.address, count: bytes)
    #expect(contents.allSatisfy { $0 == 0 })
    contents.initializeMemory(as: UInt8.self, repeating: 1)
  }

  private static func synthetic(rows: Int, columns: Int, seed: UInt64, firstRow: Int) -> [Int8] {
    (firstRow..<firstRow + rows).flatMap { row in
      var weights = [Int8](repeating: 99, count: columns)
      SyntheticWeights.row(row, seed: seed, columns: columns, into: &weights)
      return weights
    }
  }

  private static func dot(_ weights: ArraySlice<Int8>, _ activations: ArraySlice<Int8>) -> Int32 {
    zip(weights, activations).reduce(0) { $0 + Int32($1.0) * Int32($1.1) }
  }
}
