import CKernels
import Testing

/// Every kernel gives the sums of the scalar reference, to the bit.
@Suite struct KernelContractTests {
  /// Multiples of every block, one more, one less, and the odd widths of real models.
  static let columns = [1, 15, 16, 48, 64, 96, 127, 128, 768, 1025, 2560, 6912, 8640, 11016]
  static let rows = [1, 2, 15, 16, 17, 33, 100]

  @Test func `The scalar reference is the sum of products`() throws {
    for columns in [1, 3, 64, 129] {
      let product = Product(rows: 5, columns: columns, vectors: 3, filling: .random)
      var expected: [Int32] = []
      for j in 0..<3 {
        for row in 0..<5 {
          var sum: Int32 = 0
          for k in 0..<columns {
            sum += Int32(product.weights[row * columns + k]) * Int32(product.activations[j * columns + k])
          }
          expected.append(sum)
        }
      }
      #expect(PreparedProduct(product, for: Rows.naive).gemm() == expected)
    }
  }

  @Test(arguments: Rows.kernels)
  func `Widths and heights of all kinds give the reference's sums`(kernel: Row<ck_kernel>) throws {
    try kernel.requireSupport()
    for columns in Self.columns {
      for rows in Self.rows {
        for vectors in [1, 2, 7] {
          check(Product(rows: rows, columns: columns, vectors: vectors, filling: .random), kernel)
        }
      }
    }
  }

  @Test(arguments: Rows.kernels)
  func `Batches of 1 to 33 and across strips give the reference's sums`(kernel: Row<ck_kernel>) throws {
    try kernel.requireSupport()
    for vectors in Array(1...33) + [95, 97, 129, 200] {
      check(Product(rows: 33, columns: 1040, vectors: vectors, filling: .random), kernel)
      check(Product(rows: 17, columns: 97, vectors: vectors, filling: .random), kernel)
    }
  }

  @Test(arguments: Rows.kernels)
  func `The largest sums that there are do not overflow`(kernel: Row<ck_kernel>) throws {
    try kernel.requireSupport()
    for filling in Filling.allCases {
      for columns in [128, 256, 1024, 6912, 11016] {
        for vectors in [1, 4, 6] {
          check(Product(rows: 18, columns: columns, vectors: vectors, filling: filling), kernel)
        }
      }
      // Past 2¹⁷ columns the sum of floats would leave the exact integers.
      check(Product(rows: 3, columns: 300_001, vectors: 2, filling: filling), kernel)
    }
  }

  @Test(arguments: Rows.kernels)
  func `One vector gives the same alone and as a batch of one`(kernel: Row<ck_kernel>) throws {
    try kernel.requireSupport()
    for rows in Self.rows {
      let prepared = PreparedProduct(Product(rows: rows, columns: 203, vectors: 1, filling: .random), for: kernel)
      #expect(prepared.gemm() == prepared.gemv())
    }
  }

  @Test(arguments: Rows.kernels)
  func `Rows that are split between threads give the same as all at once`(kernel: Row<ck_kernel>) throws {
    try kernel.requireSupport()
    let prepared = PreparedProduct(Product(rows: 113, columns: 208, vectors: 2, filling: .random), for: kernel)
    let panels = prepared.paddedRows / prepared.packing.row_block
    let whole = try #require(prepared.gemv())
    for first in 0...panels {
      #expect(prepared.gemv(splits: [first]) == whole)
      #expect(prepared.gemv(splits: [first / 2, first]) == whole)
    }
  }

  private func check(_ product: Product, _ kernel: Row<ck_kernel>) {
    let expected = PreparedProduct(product, for: Rows.naive).gemv()
    let prepared = PreparedProduct(product, for: kernel)
    let place = "\(kernel.id), \(product.rows) × \(product.columns), \(product.vectors) vectors"
    #expect(prepared.gemm() == expected, "gemm of \(place)")
    #expect(prepared.gemv() == expected, "gemv of \(place)")
  }
}
