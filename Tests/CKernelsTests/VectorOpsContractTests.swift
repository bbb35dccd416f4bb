import CKernels
import Foundation
import Testing

/// Every set of vector operations gives the bytes of the portable one, and that one is what its formula says.
@Suite struct VectorOpsContractTests {
  static let counts = [0, 1, 7, 8, 9, 31, 32, 33, 63, 100, 257]
  /// Ties, zeros of both signs, the smallest and largest numbers, infinities and a NaN.
  static let special: [Float] = [
    0.5, 1.5, 2.5, -0.5, -1.5, 126.5, 127.5, -127.5, -128.5, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, 3e9, -3e9,
  ]

  @Test(arguments: Rows.vectorOps)
  func `Every operation gives the portable bytes`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    for count in Self.counts {
      for seed in 0..<4 {
        let input = Self.inputs(count: count, seed: UInt64(seed))
        let expected = Self.results(Rows.portableOps.value, input)
        let actual = Self.results(ops.value, input)
        for (name, bits) in expected { #expect(actual[name] == bits, "\(name) of \(count)") }
      }
    }
  }

  @Test func `The portable operations are what their formulas say`() {
    let ops = Rows.portableOps.value
    var y: [Float] = [1, 2, 3]
    ops.add([10, 20, 30], &y, 3)
    #expect(y == [11, 22, 33])
    ops.axpy(2, [1, 1, 1], &y, 3)
    #expect(y == [13, 24, 35])
    #expect(ops.dot([1, 2, 3], [4, 5, 6], 3) == 32)
    #expect(ops.max_abs([1, -7, 3], 3) == 7)
    ops.scale_by_weights([1, 2, 3], 2, [1, 10, 100], &y, 3)
    #expect(y == [2, 40, 600])
    ops.rescale([1, -2, 3], 0.5, &y, 3)
    #expect(y == [0.5, -1, 1.5])
    ops.relu2_multiply([2, -3, 4], [10, 10, 0.5], &y, 3)
    #expect(y == [40, 0, 8])
    ops.scale([1, 2, 3], 2, &y, 3)
    #expect(y == [2, 4, 6])
    for gate in stride(from: Float(-12), through: 12, by: 0.37) {
      ops.gelu_multiply([gate], [3], &y, 1)
      let z = Double(gate)
      let gelu = z / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (z + 0.044715 * z * z * z)))
      #expect(abs(Double(y[0]) - 3 * gelu) <= 3e-6 * abs(gelu) + 1e-12, "gelu of \(gate)")
    }
    var head: [Float] = [1, 2, 3, 4]
    ops.rope(&head, [0, 1], [1, 0], 2)
    #expect(head == [-3, 2, 1, 4])
  }

  @Test(arguments: Rows.vectorOps)
  func `Quantizing rounds ties to even and clamps`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    var q = [Int8](repeating: 99, count: Self.special.count + 1)
    ops.value.quantize(Self.special + [.nan], 1, &q, q.count)
    let expected: [Int8] = [
      0, 2, 2, 0, -2, 126, 127, -128, -128, 0, 0, 0, 0, 0, 127, -128, 127, -128, 127, -128, -128,
    ]
    #expect(q == expected)
  }

  @Test(arguments: Rows.vectorOps)
  func `A NaN anywhere is the largest magnitude`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    for count in Self.counts where count > 0 {
      for place in [0, count / 2, count - 1] {
        var x = [Float](repeating: .infinity, count: count)
        x[place] = place % 2 == 0 ? .nan : -.nan
        #expect(ops.value.max_abs(x, count).isNaN)
      }
    }
    #expect(ops.value.max_abs([], 0) == 0)
  }

  @Test(arguments: Rows.vectorOps)
  func `A NaN gate stays NaN`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    var out = [Float](repeating: 0, count: 11)
    ops.value.relu2_multiply([Float](repeating: .nan, count: 11), [Float](repeating: 1, count: 11), &out, 11)
    #expect(out.allSatisfy { $0.isNaN })
  }

  @Test(arguments: Rows.vectorOps)
  func `Outputs may be their inputs`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    let x = (0..<19).map { Float($0) - 9 }
    var (apart, together) = (x, x)
    ops.value.scale_by_weights(x, 3, x, &apart, 19)
    together.withUnsafeMutableBufferPointer { ops.value.scale_by_weights($0.baseAddress, 3, x, $0.baseAddress, 19) }
    #expect(apart == together)
    together = x
    ops.value.relu2_multiply(x, x, &apart, 19)
    together.withUnsafeMutableBufferPointer { ops.value.relu2_multiply($0.baseAddress, x, $0.baseAddress, 19) }
    #expect(apart == together)
    together = x
    ops.value.silu_multiply(x, x, &apart, 19)
    together.withUnsafeMutableBufferPointer { ops.value.silu_multiply($0.baseAddress, x, $0.baseAddress, 19) }
    #expect(apart == together)
    together = x
    ops.value.gelu_multiply(x, x, &apart, 19)
    together.withUnsafeMutableBufferPointer { ops.value.gelu_multiply($0.baseAddress, x, $0.baseAddress, 19) }
    #expect(apart == together)
    together = x
    ops.value.scale(x, 3, &apart, 19)
    together.withUnsafeMutableBufferPointer { ops.value.scale($0.baseAddress, 3, $0.baseAddress, 19) }
    #expect(apart == together)
  }

  struct Inputs {
    var a: [Float]
    var b: [Float]
    var c: [Float]
    var integers: [Int32]
  }

  /// Seed 0 holds the special values (without those whose sums are NaN of any sign), the others random ones.
  private static func inputs(count: Int, seed: UInt64) -> Inputs {
    var generator = Generator(seed: seed)
    func floats() -> [Float] {
      (0..<count).map { i in
        seed == 0 && i < 16 ? special[i] : Float.random(in: -300...300, using: &generator)
      }
    }
    return Inputs(
      a: floats(), b: floats(), c: floats(),
      integers: (0..<count).map { _ in Int32(truncatingIfNeeded: Int(generator.next() >> 40)) - (1 << 23) })
  }

  private static func results(_ ops: ck_vector_ops, _ x: Inputs) -> [String: [UInt32]] {
    let count = x.a.count
    var results: [String: [UInt32]] = [:]
    func record(_ name: String, _ values: [Float]) {
      // Which NaN comes out of infinity minus infinity is the CPU's business.
      results[name] = values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
    }
    func written(_ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
      var y = x.c + [99]
      y.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
      return y
    }
    record("dot", [ops.dot(x.a, x.b, count)])
    record("axpy", written { ops.axpy(1.7, x.a, $0, count) })
    record("add", written { ops.add(x.a, $0, count) })
    record("max_abs", [ops.max_abs(x.a, count)])
    record("scale_by_weights", written { ops.scale_by_weights(x.a, 0.3, x.b, $0, count) })
    record("rescale", written { ops.rescale(x.integers, 0.013, $0, count) })
    record("scale", written { ops.scale(x.a, 0.3, $0, count) })
    record("silu_multiply", written { ops.silu_multiply(x.a, x.b, $0, count) })
    record("gelu_multiply", written { ops.gelu_multiply(x.a, x.b, $0, count) })
    record("relu2_multiply", written { ops.relu2_multiply(x.a, x.b, $0, count) })
    var head = x.a + x.b + [99]
    ops.rope(&head, x.c, x.a.reversed(), count)
    record("rope", head)
    var q = [Int8](repeating: 99, count: count + 1)
    ops.quantize(x.a, 0.43, &q, count)
    results["quantize"] = q.map { UInt32(bitPattern: Int32($0)) }
    return results
  }
}
