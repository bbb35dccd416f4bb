import CKernels
import Testing

/// Every dense kernel gives the bytes of the portable one, which adds in the order of CK_LANES.
@Suite struct DenseContractTests {
  static let columns = [1, 7, 8, 31, 32, 33, 64, 100, 127, 2560, 2565]

  @Test(arguments: Rows.denseKernels)
  func `Products have the bytes of the portable kernel`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    for columns in Self.columns {
      for vectors in [1, 2, 3, 4, 5, 8] {
        let rows = 37
        let weights = Self.weights(of: kernel, count: rows * columns)
        let x = Self.floats(count: vectors * columns, seed: 11)
        let expected = Self.multiply(Rows.portable(kernel), weights, x, rows: rows, columns: columns, vectors: vectors)
        let actual = Self.multiply(kernel, weights, x, rows: rows, columns: columns, vectors: vectors)
        #expect(actual == expected, "\(rows) × \(columns), \(vectors) vectors")
      }
    }
  }

  @Test(arguments: Rows.denseKernels)
  func `Each sum is made in the order of the lanes`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    for columns in [5, 32, 75, 160] {
      let weights = Self.weights(of: kernel, count: columns)
      let x = Self.floats(count: columns, seed: 12)
      var decoded = [Float](repeating: 0, count: columns)
      kernel.value.decode_row(weights.raw, columns, 0, &decoded)
      var lanes = [Float](repeating: 0, count: 32)
      for k in 0..<(columns + 31) / 32 * 32 {
        let product = k < columns ? (decoded[k], x[k]) : (0, 0)
        lanes[k % 32] = lanes[k % 32].addingProduct(product.0, product.1)
      }
      for width in [16, 8, 4, 2, 1] {
        for lane in 0..<width { lanes[lane] += lanes[lane + width] }
      }
      let actual = Self.multiply(kernel, weights, x, rows: 1, columns: columns, vectors: 1)
      #expect(actual == [lanes[0].bitPattern])
    }
  }

  @Test(arguments: Rows.denseKernels)
  func `Split rows give the same as all at once`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    let (rows, columns) = (21, 75)
    let weights = Self.weights(of: kernel, count: rows * columns)
    let x = Self.floats(count: columns, seed: 13)
    let whole = Self.multiply(kernel, weights, x, rows: rows, columns: columns, vectors: 1)
    for split in 0...rows {
      var y = [Float](repeating: .nan, count: rows)
      kernel.value.multiply(weights.raw, columns, 0, split, x, columns, 1, &y, rows)
      kernel.value.multiply(weights.raw, columns, split, rows, x, columns, 1, &y, rows)
      #expect(y.map(\.bitPattern) == whole)
    }
  }

  @Test(arguments: Rows.denseKernels.filter { $0.value.bits_per_weight == 16 })
  func `Every 16-bit pattern decodes as the format says`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    let weights = Memory(bytes: 2 << 16)
    for pattern in 0..<1 << 16 { weights.pointer(UInt16.self)[pattern] = UInt16(pattern) }
    var decoded = [Float](repeating: 0, count: 1 << 16)
    kernel.value.decode_row(weights.raw, 1 << 16, 0, &decoded)
    let isHalf = kernel.id.hasPrefix("f16")
    for pattern in 0..<1 << 16 {
      let expected = isHalf ? Self.half(UInt16(pattern)) : Float(bitPattern: UInt32(pattern) << 16)
      let same = expected.isNaN ? decoded[pattern].isNaN : decoded[pattern].bitPattern == expected.bitPattern
      #expect(same, "pattern \(pattern)")
    }
  }

  /// The value of an IEEE 754 half, from its definition.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 1 ? -1 : 1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 1023)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * Float(sign: .plus, exponent: -24, significand: 1) }
    return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
  }

  private static func floats(count: Int, seed: UInt64) -> [Float] {
    var generator = Generator(seed: seed)
    return (0..<count).map { _ in Float.random(in: -2...2, using: &generator) }
  }

  /// Weights as bits of the format, finite, of both signs and several magnitudes.
  private static func weights(of kernel: Row<ck_dense_kernel>, count: Int) -> Memory {
    let memory = Memory(bytes: kernel.value.row_bytes(count))
    var generator = Generator(seed: 5)
    for i in 0..<count {
      let bits = generator.next()
      switch String(cString: kernel.value.format) {
      case "f32": memory.pointer(Float.self)[i] = Float.random(in: -1...1, using: &generator)
      case "f16": memory.pointer(UInt16.self)[i] = UInt16(truncatingIfNeeded: bits) & 0x87ff | 0x3000
      default: memory.pointer(UInt16.self)[i] = UInt16(truncatingIfNeeded: bits) & 0x81ff | 0x3e00
      }
    }
    return memory
  }

  /// The bits of y, without what lies between the vectors.
  private static func multiply(
    _ kernel: Row<ck_dense_kernel>, _ weights: Memory, _ x: [Float], rows: Int, columns: Int, vectors: Int
  ) -> [UInt32] {
    let stride = rows + 2
    var y = [Float](repeating: 99, count: stride * vectors)
    kernel.value.multiply(weights.raw, columns, 0, rows, x, columns, vectors, &y, stride)
    return (0..<vectors).flatMap { j in y[j * stride..<j * stride + rows].map(\.bitPattern) }
  }
}
