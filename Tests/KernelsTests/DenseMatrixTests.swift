import Testing

@testable import Kernels

@Suite struct DenseMatrixTests {
  @Test(arguments: DenseFormat.allCases.filter { $0.blockWeights == 1 })
  func `Stored rows are decoded to what the format can hold`(format: DenseFormat) throws {
    let values: [Float] = [0, -0.0, 1, -1.5, 0.25, 1024, -3, 0.0078125, 96]
    let matrix = try DenseMatrix(rows: 3, columns: values.count, format: format)
    matrix.store(values, row: 1)
    var decoded = [Float](repeating: 99, count: values.count)
    DenseKernel.best(for: format).decodeRow(1, of: matrix, into: &decoded)
    #expect(decoded.map(\.bitPattern) == values.map(\.bitPattern))
    DenseKernel.best(for: format).decodeRow(2, of: matrix, into: &decoded)
    #expect(decoded.allSatisfy { $0 == 0 })
  }

  @Test(arguments: DenseFormat.allCases.filter { $0.blockWeights == 1 })
  func `A product is the same from every available kernel`(format: DenseFormat) throws {
    let (rows, columns, vectors) = (9, 45, 2)
    let matrix = try DenseMatrix(rows: rows, columns: columns, format: format)
    func weight(_ row: Int, _ column: Int) -> Float { Float(row * column % 17) - 8 }
    for row in 0..<rows { matrix.store((0..<columns).map { weight(row, $0) }, row: row) }
    let x = (0..<columns * vectors).map { Float($0 % 5) - 2 }
    let results = KernelRegistry.denseKernels.filter { $0.format == format && $0.availability.isAvailable }.map {
      kernel in
      var y = [Float](repeating: 0, count: rows * vectors)
      kernel.multiply(matrix, rows: 0..<rows, prepared: x, vectors: vectors, y: &y, yStride: rows)
      return y
    }
    var expected = [Float](repeating: 0, count: rows * vectors)
    for j in 0..<vectors {
      for row in 0..<rows {
        for column in 0..<columns { expected[j * rows + row] += weight(row, column) * x[j * columns + column] }
      }
    }
    for result in results { #expect(result == expected) }
  }

  @Test(
    arguments: [
      (1, 0x3c00), (-2, 0xc000), (0, 0), (-0.0, 0x8000), (65504, 0x7bff), (65519.996, 0x7bff), (65520, 0x7c00),
      (.infinity, 0x7c00), (-.infinity, 0xfc00), (1e30, 0x7c00), (0x1p-14, 0x0400), (0x1p-24, 0x0001),
      (0x1p-25, 0x0000), (0x1.8p-25, 0x0001), (0x1.8p-24, 0x0002), (0x1.ff8p-15, 0x03ff), (0x1.ffcp-15, 0x0400),
      (1.00048828125, 0x3c00), (1.00146484375, 0x3c02), (0x1p-149, 0),
    ] as [(Float, UInt16)])
  func `Halves are rounded to the nearest, ties to even`(value: Float, bits: UInt16) {
    #expect(FloatFormats.half(value) == bits)
  }

  @Test(
    arguments: [
      (1, 0x3f80), (-0.0, 0x8000), (.infinity, 0x7f80), (.greatestFiniteMagnitude, 0x7f80), (0x1.01p0, 0x3f80),
      (0x1.03p0, 0x3f82), (0x1.010002p0, 0x3f81),
    ] as [(Float, UInt16)])
  func `Bfloats are rounded to the nearest, ties to even`(value: Float, bits: UInt16) {
    #expect(FloatFormats.bfloat(value) == bits)
  }

  @Test func `Every half survives the way to a float and back`() throws {
    let matrix = try DenseMatrix(rows: 1, columns: 1 << 16, format: .f16)
    let halves = matrix.row(0).assumingMemoryBound(to: UInt16.self)
    for pattern in 0..<1 << 16 { halves[pattern] = UInt16(pattern) }
    var decoded = [Float](repeating: 0, count: 1 << 16)
    DenseKernel.best(for: .f16).decodeRow(0, of: matrix, into: &decoded)
    for pattern in 0..<1 << 16 where !decoded[pattern].isNaN {
      #expect(FloatFormats.half(decoded[pattern]) == UInt16(pattern))
    }
  }

  @Test func `A NaN stays one in every format`() {
    #expect(FloatFormats.half(.nan) & 0x7fff > 0x7c00)
    #expect(FloatFormats.bfloat(.nan) & 0x7fff > 0x7f80)
    #expect(FloatFormats.bfloat(Float(bitPattern: 0x7f80_0001)) & 0x7fff > 0x7f80)
  }
}
