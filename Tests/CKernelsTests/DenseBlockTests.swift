import CKernels
import Testing

/// Formats of blocks: exact where activations are whole numbers, near where they are not, and safe at the extremes.
@Suite struct DenseBlockTests {
  static let kernels = Rows.denseKernels.filter { $0.value.prepare != nil }
  typealias Contract = DenseContractTests

  @Test(arguments: kernels)
  func `Vectors and rows have the sizes that the contract states`(kernel: Row<ck_dense_kernel>) {
    let block = kernel.value.column_block
    for columns in [block, 3 * block, 2560] {
      #expect(kernel.value.prepared_bytes(columns) % 64 == 0)
      #expect(Double(8 * kernel.value.row_bytes(columns)) == kernel.value.bits_per_weight * Double(columns))
    }
  }

  /// With ±127 in every block of 32, the scales of whole-number activations are 1, and nothing but the additions of
  /// floats can round: fewer than 2⁻²³ of the magnitudes' sum for each of at most 16 + columns / 32 steps.
  @Test(arguments: kernels)
  func `Whole-number activations give the product of the decoded weights`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    var generator = Generator(seed: 21)
    for columns in [256, 768, 2560, 6912] {
      var x = (0..<columns).map { _ in Float(Int8.random(in: -127...127, using: &generator)) }
      for block in 0..<columns / 32 { x[32 * block + 7] = block % 2 == 0 ? 127 : -127 }
      try check(kernel, x, columns: columns) { weights in
        let magnitudes = zip(weights, x).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
        // q6_k's lanes hold the codes' 32 too, which is subtracted in another lane: up to some times the magnitudes.
        return magnitudes * Double(16 + columns / 32) * 0x1p-23 * 4
      }
    }
  }

  /// Half a step of each activation's scale, and what the additions may round.
  @Test(arguments: kernels)
  func `Any activations give the product within half a step of each`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    for columns in [256, 768, 2560] {
      var x = Contract.floats(count: columns, seed: 22)
      for k in stride(from: 5, to: columns, by: 101) { x[k] *= 50 }
      try check(kernel, x, columns: columns) { weights in
        weights.indices.reduce(0) { bound, k in
          let (block, group) = (x[k / 32 * 32..<k / 32 * 32 + 32], x[k / 256 * 256..<min(k / 256 * 256 + 256, columns)])
          let step = (Self.largest(block) + (kernel.id.hasPrefix("q6_k") ? Self.largest(group) / 32 : 0)) / 127
          return bound + abs(Double(weights[k])) * step * 0.5001
        }
      }
    }
  }

  @Test(arguments: kernels)
  func `Extreme weights and activations do not overflow`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    let (rows, columns) = (5, 512)
    for byte: UInt8 in [0x00, 0x7f, 0x80, 0xff] {
      let weights = Memory(bytes: kernel.value.row_bytes(columns) * rows)
      for i in 0..<weights.bytes { weights.pointer(UInt8.self)[i] = byte }
      let bytes = kernel.value.row_bytes(kernel.value.column_block)
      for start in stride(from: kernel.id.hasPrefix("q6_k") ? bytes - 2 : 0, to: weights.bytes, by: bytes) {
        weights.raw.storeBytes(of: 0x3c00, toByteOffset: start, as: UInt16.self)
      }
      var decoded = [Float](repeating: 0, count: columns)
      kernel.value.decode_row(weights.raw, columns, rows - 1, &decoded)
      for sign in [(1, 1), (-1, -1), (1, -1)] {
        let x = (0..<columns).map { Float(127 * ($0 % 2 == 0 ? sign.0 : sign.1)) }
        let exact = zip(decoded, x).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let y = Contract.multiply(kernel, weights, x + x, rows: rows, columns: columns, vectors: 2)
        for bits in y { #expect(abs(Double(Float(bitPattern: bits)) - exact) <= abs(exact) * 1e-6) }
      }
    }
  }

  @Test(arguments: kernels)
  func `Zeros and the smallest floats give zeros`(kernel: Row<ck_dense_kernel>) throws {
    try kernel.requireSupport()
    let weights = Contract.weights(of: kernel, count: 512)
    for value: Float in [0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude] {
      let x = [Float](repeating: value, count: 512)
      #expect(Contract.multiply(kernel, weights, x, rows: 1, columns: 512, vectors: 1) == [0])
    }
  }

  private static func largest(_ x: ArraySlice<Float>) -> Double { Double(x.map(\.magnitude).max()!) }

  /// Compares every row's product with that of its decoded weights in doubles.
  private func check(
    _ kernel: Row<ck_dense_kernel>, _ x: [Float], columns: Int, bound: ([Float]) -> Double
  ) throws {
    let rows = 9
    let weights = Contract.weights(of: kernel, count: rows * columns)
    let y = Contract.multiply(kernel, weights, x, rows: rows, columns: columns, vectors: 1)
    var decoded = [Float](repeating: 0, count: columns)
    for row in 0..<rows {
      kernel.value.decode_row(weights.raw, columns, row, &decoded)
      let exact = zip(decoded, x).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let error = abs(Double(Float(bitPattern: y[row])) - exact)
      #expect(error <= bound(decoded), "\(columns) columns, row \(row): off by \(error)")
    }
  }
}
