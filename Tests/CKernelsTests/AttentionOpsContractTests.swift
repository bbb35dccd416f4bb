import CKernels
import Foundation
import Testing

/// The operations of attention: exponentials, small products, halves; every set gives the portable bytes.
@Suite struct AttentionOpsContractTests {
  static var portable: ck_vector_ops { Rows.portableOps.value }

  /// Bits of floats; which NaN it is, is the CPU's business.
  private func bits(_ values: [Float]) -> [UInt32] {
    values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
  }

  private func random(_ count: Int, _ range: ClosedRange<Float>, seed: UInt64) -> [Float] {
    var generator = Generator(seed: seed)
    return (0..<count).map { _ in Float.random(in: range, using: &generator) }
  }

  // MARK: - Exponentials

  private func exponentials(_ ops: ck_vector_ops, _ scores: [Float]) -> (values: [Float], sum: Float, largest: Float) {
    var x = scores + [99]
    var largest: Float = 7
    let sum = ops.exponentials(&x, scores.count, &largest)
    #expect(x.last == 99)
    return (x.dropLast(), sum, largest)
  }

  @Test(arguments: Rows.vectorOps)
  func `Exponentials give the portable bytes`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    let special: [Float] = [0, -0.0, 88, -87.3, -87.34, -200, 1e-30, .leastNonzeroMagnitude, 3e38, -3e38]
    for count in VectorOpsContractTests.counts {
      let scores = [
        random(count, -90...90, seed: 1), random(count, -1e-3...1e-3, seed: 2),
        random(count, -1...1, seed: 3).enumerated().map { $0 % 3 == 0 ? special[$0 % special.count] : $1 },
        (0..<count).map { $0 % 7 == 5 ? .nan : Float($0) },
        (0..<count).map { $0 % 9 == 4 ? .infinity : $0 % 5 == 0 ? -.infinity : 1 },
        [Float](repeating: -.infinity, count: count),
      ]
      for scores in scores {
        let (expected, actual) = (exponentials(Self.portable, scores), exponentials(ops.value, scores))
        #expect(bits(actual.values) == bits(expected.values), "\(count)")
        #expect(bits([actual.sum, actual.largest]) == bits([expected.sum, expected.largest]), "\(count)")
      }
    }
  }

  @Test(arguments: Rows.vectorOps)
  func `Exponentials are right to the last places`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    let scores = Array(stride(from: Float(-87.3), through: 0, by: 0.0037)) + [0]
    let (values, sum, largest) = exponentials(ops.value, scores)
    #expect(largest == 0)
    var worst = 0.0
    for (x, value) in zip(scores, values) { worst = max(worst, abs(Double(value) / exp(Double(x)) - 1)) }
    // One unit in the last place of a Float is between 6e-8 and 1.2e-7 of its value.
    #expect(worst < 1.5e-7)
    #expect(abs(Double(sum) / scores.reduce(0) { $0 + exp(Double($1)) } - 1) < 1e-5)
  }

  @Test(arguments: Rows.vectorOps)
  func `Extreme scores stay finite and what is not a number shows`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    let (values, sum, largest) = exponentials(ops.value, [3e38, -3e38, 3e38, -.infinity])
    #expect(values == [1, 0, 1, 0] && sum == 2 && largest == 3e38)
    #expect(exponentials(ops.value, [1, .nan, 2]).sum.isNaN)
    #expect(exponentials(ops.value, [1, .infinity]).sum.isNaN)
    #expect(exponentials(ops.value, [-.infinity, -.infinity]).sum.isNaN)
    let none = exponentials(ops.value, [])
    #expect(none.sum == 0 && none.largest == -.infinity)
  }

  @Test(arguments: Rows.vectorOps)
  func `SiLU is z over one plus e to the minus z`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    let gate = Array(stride(from: Float(-100), through: 100, by: 0.37)) + [0, -.infinity, .infinity, .nan]
    var out = [Float](repeating: 0, count: gate.count)
    ops.value.silu_multiply(gate, [Float](repeating: 3, count: gate.count), &out, gate.count)
    // e^x is infinite from 88.37 on, so that far down the gate is closed.
    let least: Double = 1e-35
    for (z, value) in zip(gate.dropLast(3), out) {
      let expected = 3 * Double(z) / (1 + exp(-Double(z)))
      #expect(abs(Double(value) - expected) <= 1e-6 * abs(expected) + least, "\(z)")
    }
    #expect(out[out.count - 3].isNaN && out[out.count - 2] == .infinity && out[out.count - 1].isNaN)
  }

  // MARK: - Products

  /// The same product by every element type of b; y begins with numbers and has a guard row and guard columns.
  private func products(
    _ ops: ck_vector_ops, rows: Int, depth: Int, columns: Int, seed: UInt64
  ) -> [[UInt32]] {
    let (aStride, bStride, yStride) = (depth + 3, columns + 5, columns + 2)
    let a = random(rows * aStride + 1, -2...2, seed: seed)
    let b = random(depth * bStride + 1, -2...2, seed: seed + 1)
    let start = random((rows + 1) * yStride, -2...2, seed: seed + 2)
    var (full, half, whole) = (start, start, start)
    ops.multiply_add(a, aStride, rows, depth, b, bStride, columns, &full, yStride)
    let halves = b.map { UInt16(truncatingIfNeeded: Int(abs($0) * 20000)) }
    ops.multiply_add_half(a, aStride, rows, depth, halves, bStride, columns, &half, yStride)
    let bytes = b.map { Int8(truncatingIfNeeded: Int($0 * 64)) }
    ops.multiply_add_int8(a, aStride, rows, depth, bytes, bStride, columns, &whole, yStride)
    return [bits(full), bits(half), bits(whole)]
  }

  @Test(arguments: Rows.vectorOps, [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 32])
  func `Small products give the portable bytes`(ops: Row<ck_vector_ops>, rows: Int) throws {
    try ops.requireSupport()
    for columns in [8, 16, 24, 32, 40, 56, 64, 72, 136] {
      for depth in [0, 1, 2, 17, 100] {
        let seed = UInt64(columns * 1000 + depth)
        let expected = products(Self.portable, rows: rows, depth: depth, columns: columns, seed: seed)
        let actual = products(ops.value, rows: rows, depth: depth, columns: columns, seed: seed)
        #expect(actual == expected, "\(rows) × \(depth) × \(columns)")
      }
    }
  }

  @Test func `The portable product is what its formula says`() {
    var y = [Float](repeating: 1, count: 16)
    let b = (0..<24).map { Float($0) }
    Self.portable.multiply_add([1, 2, 3, 4, 5, 6], 3, 2, 3, b, 8, 8, &y, 8)
    for column in 0..<8 {
      #expect(y[column] == 1 + 1 * b[column] + 2 * b[8 + column] + 3 * b[16 + column])
      #expect(y[8 + column] == 1 + 4 * b[column] + 5 * b[8 + column] + 6 * b[16 + column])
    }
    var whole = [Float](repeating: 1, count: 16)
    Self.portable.multiply_add_int8([1, 2, 3, 4, 5, 6], 3, 2, 3, b.map { Int8($0) }, 8, 8, &whole, 8)
    #expect(whole == y)
  }

  @Test(arguments: Rows.vectorOps)
  func `It does not matter how rows, columns and depth are cut`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    let (rows, depth, columns) = (9, 50, 48)
    let (a, b) = (random(rows * depth, -1...1, seed: 1), random(depth * columns, -1...1, seed: 2))
    var (whole, cut) = ([Float](repeating: 0, count: rows * columns), [Float](repeating: 0, count: rows * columns))
    ops.value.multiply_add(a, depth, rows, depth, b, columns, columns, &whole, columns)
    cut.withUnsafeMutableBufferPointer { y in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          for (row, count) in [(0, 2), (2, 7)] {
            for (start, length) in [(0, 13), (13, 1), (14, 36)] {
              for (column, width) in [(0, 8), (8, 40)] {
                ops.value.multiply_add(
                  a.baseAddress! + row * depth + start, depth, count, length, b.baseAddress! + start * columns + column,
                  columns, width, y.baseAddress! + row * columns + column, columns)
              }
            }
          }
        }
      }
    }
    #expect(bits(cut) == bits(whole))
  }

  // MARK: - Halves

  @Test(arguments: Rows.vectorOps)
  func `Halves round as the portable ones`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    var generator = Generator(seed: 5)
    var x: [Float] = [
      0, -0.0, 1, 65504, 65519.99, 65520, -65520, .infinity, -.infinity, .nan, -.nan, Float(bitPattern: 0x7f80_0001),
      0x1p-14, 0x1p-24, 0x1p-25, 0x1.000002p-25, 0x1.8p-24, -0x1.ffcp-15, 0x1.ffep-15, 1.000_488_3, 1.001_464_8,
    ]
    x += (0..<4000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
    for count in [x.count, 1, 7, 8, 9] {
      var (expected, actual) = ([UInt16](repeating: 9, count: count + 1), [UInt16](repeating: 9, count: count + 1))
      Self.portable.halves(x, &expected, count)
      ops.value.halves(x, &actual, count)
      #expect(actual == expected)
    }
    var known = [UInt16](repeating: 0, count: 11)
    ops.value.halves(x, &known, 11)
    #expect(known[..<9] == [0, 0x8000, 0x3c00, 0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00, 0xfc00])
    #expect(known[9] & 0x7e00 == 0x7e00 && known[10] & 0x7e00 == 0x7e00)
  }
}
