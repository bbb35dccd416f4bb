import CKernels
import Testing

/// Every dense kernel gives the bytes of the portable one; floats are added in the order of CK_LANES.
@Suite struct DenseContractTests {
  static let columns = [1, 7, 8, 31, 32, 33, 64, 96, 100, 127, 224, 256, 768, 2560, 2565]
  static let floatKernels = Rows.denseKernels.filter { $0.value.prepare == nil }

  @Test(arguments: Rows.denseKernels)
  func `Products have the bytes of the portable kernel`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    for columns in Self.columns where columns % kernel.value.column_block == 0 {
      for vectors in [1, 2, 3, 4, 5, 8, 9, 16, 17, 33] {
        let rows = vectors.isMultiple(of: 2) ? 37 : 19
        let weights = Self.weights(of: kernel, count: rows * columns)
        let x = Self.floats(count: vectors * columns, seed: 11)
        let expected = Self.multiply(Rows.portable(kernel), weights, x, rows: rows, columns: columns, vectors: vectors)
        let actual = Self.multiply(kernel, weights, x, rows: rows, columns: columns, vectors: vectors)
        #expect(actual == expected, "\(rows) × \(columns), \(vectors) vectors")
      }
    }
  }

  @Test(arguments: floatKernels)
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
    let (rows, columns) = (21, kernel.value.column_block == 1 ? 75 : 768)
    let weights = Self.weights(of: kernel, count: rows * columns)
    let x = Self.floats(count: columns, seed: 13)
    let whole = Self.multiply(kernel, weights, x, rows: rows, columns: columns, vectors: 1)
    let prepared = Self.prepare(kernel, x, columns: columns, vectors: 1)
    for split in 0...rows {
      var y = [Float](repeating: .nan, count: rows)
      kernel.value.multiply(weights.raw, columns, 0, split, prepared.raw, 1, &y, rows)
      kernel.value.multiply(weights.raw, columns, split, rows, prepared.raw, 1, &y, rows)
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
}

extension DenseContractTests {
  static func floats(count: Int, seed: UInt64) -> [Float] {
    var generator = Generator(seed: seed)
    return (0..<count).map { _ in Float.random(in: -2...2, using: &generator) }
  }

  /// Weights as bits of the format, finite, of both signs and several magnitudes; every byte of a block is used.
  static func weights(of kernel: Row<ck_dense_kernel>, count: Int) -> Memory {
    let memory = Memory(bytes: kernel.value.row_bytes(count))
    var generator = Generator(seed: 5)
    let format = String(cString: kernel.value.format)
    guard kernel.value.column_block == 1 else {
      fillBlocks(memory, format: format, blockBytes: memory.bytes / (count / kernel.value.column_block), &generator)
      return memory
    }
    for i in 0..<count {
      let bits = generator.next()
      switch format {
      case "f32": memory.pointer(Float.self)[i] = Float.random(in: -1...1, using: &generator)
      case "f16": memory.pointer(UInt16.self)[i] = UInt16(truncatingIfNeeded: bits) & 0x87ff | 0x3000
      default: memory.pointer(UInt16.self)[i] = UInt16(truncatingIfNeeded: bits) & 0x81ff | 0x3e00
      }
    }
    return memory
  }

  /// Random bytes, with a half near ±2⁻⁹ where a block has its scale: behind the rest in q6_k, before it elsewhere.
  private static func fillBlocks(_ memory: Memory, format: String, blockBytes: Int, _ generator: inout Generator) {
    for i in 0..<memory.bytes { memory.pointer(UInt8.self)[i] = UInt8(truncatingIfNeeded: generator.next()) }
    for start in stride(from: format == "q6_k" ? blockBytes - 2 : 0, to: memory.bytes, by: blockBytes) {
      let scale = UInt16(truncatingIfNeeded: generator.next()) & 0x87ff | 0x1800
      memory.raw.storeBytes(of: scale, toByteOffset: start, as: UInt16.self)
    }
  }

  /// The vectors in the form that a kernel reads.
  static func prepare(_ kernel: Row<ck_dense_kernel>, _ x: [Float], columns: Int, vectors: Int) -> Memory {
    let bytes = kernel.value.prepared_bytes(columns)
    let prepared = Memory(bytes: bytes * vectors)
    for j in 0..<vectors {
      x.withUnsafeBufferPointer { x in
        let vector = x.baseAddress! + j * columns
        if let prepare = kernel.value.prepare {
          prepare(vector, columns, prepared.raw + j * bytes)
        } else {
          (prepared.raw + j * bytes).copyMemory(from: vector, byteCount: bytes)
        }
      }
    }
    #expect(prepared.isGuardIntact)
    return prepared
  }

  /// The bits of y, without what lies between the vectors.
  static func multiply(
    _ kernel: Row<ck_dense_kernel>, _ weights: Memory, _ x: [Float], rows: Int, columns: Int, vectors: Int
  ) -> [UInt32] {
    let stride = rows + 2
    var y = [Float](repeating: 99, count: stride * vectors)
    let prepared = prepare(kernel, x, columns: columns, vectors: vectors)
    kernel.value.multiply(weights.raw, columns, 0, rows, prepared.raw, vectors, &y, stride)
    return (0..<vectors).flatMap { j in y[j * stride..<j * stride + rows].map(\.bitPattern) }
  }
}
