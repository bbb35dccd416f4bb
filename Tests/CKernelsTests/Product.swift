import CKernels

/// What the weights and activations of a test case are.
enum Filling: String, CaseIterable, Sendable {
  case random
  /// The largest sums that there are, in both directions.
  case highestTimesPlus, highestTimesMinus, lowestTimesPlus, lowestTimesMinus

  func weight(_ generator: inout Generator) -> Int8 {
    switch self {
    case .random: Int8.random(in: -1...1, using: &generator)
    case .highestTimesPlus, .lowestTimesPlus: 1
    case .highestTimesMinus, .lowestTimesMinus: -1
    }
  }

  func activation(_ generator: inout Generator) -> Int8 {
    switch self {
    // One in eight is −128, where sign tricks fail.
    case .random: Int.random(in: 0..<8, using: &generator) == 0 ? -128 : Int8.random(in: -128...127, using: &generator)
    case .highestTimesPlus, .highestTimesMinus: 127
    case .lowestTimesPlus, .lowestTimesMinus: -128
    }
  }
}

/// A matrix [rows, columns] and some vectors to multiply it with.
struct Product: Sendable {
  let rows: Int
  let columns: Int
  let vectors: Int
  let weights: [Int8]
  let activations: [Int8]

  init(rows: Int, columns: Int, vectors: Int, filling: Filling, seed: UInt64 = 1) {
    var generator = Generator(seed: seed &+ UInt64(rows * 1_000_003 + columns * 1009 + vectors))
    self.rows = rows
    self.columns = columns
    self.vectors = vectors
    weights = (0..<rows * columns).map { _ in filling.weight(&generator) }
    activations = (0..<vectors * columns).map { _ in filling.activation(&generator) }
  }
}

/// A product in the form that one kernel wants.
struct PreparedProduct {
  let product: Product
  let kernel: ck_kernel
  let packing: ck_packing
  let weights: Memory
  /// Each vector prepared to be multiplied alone, one after another.
  let alone: Memory
  /// The vectors prepared to be multiplied together.
  let together: Memory

  var paddedRows: Int { (product.rows + packing.row_block - 1) / packing.row_block * packing.row_block }

  init(_ product: Product, for row: Row<ck_kernel>) {
    self.product = product
    kernel = row.value
    packing = Rows.packing(of: row).value
    weights = Self.packed(product, packing)
    alone = Self.prepared(product, kernel, atOnce: 1)
    together = Self.prepared(product, kernel, atOnce: product.vectors)
  }

  private static func packed(_ product: Product, _ packing: ck_packing) -> Memory {
    let (columns, block) = (product.columns, packing.row_block)
    let panelBytes = packing.panel_bytes(columns)
    let memory = Memory(bytes: (product.rows + block - 1) / block * panelBytes)
    for first in stride(from: 0, to: product.rows, by: block) {
      product.weights.withUnsafeBufferPointer { weights in
        packing.pack_panel(
          weights.baseAddress! + first * columns, columns, min(block, product.rows - first), columns,
          memory.pointer(UInt8.self) + first / block * panelBytes)
      }
    }
    return memory
  }

  private static func prepared(_ product: Product, _ kernel: ck_kernel, atOnce: Int) -> Memory {
    let bytes = kernel.prepared_bytes(product.columns, atOnce)
    let memory = Memory(bytes: product.vectors * bytes)
    for j in 0..<product.vectors {
      product.activations.withUnsafeBufferPointer { q in
        kernel.prepare(q.baseAddress! + j * product.columns, product.columns, atOnce, memory.raw + j * bytes)
      }
    }
    return memory
  }

  /// Multiplies all vectors at once; the sums without the padding, or nil if something beside them was written.
  func gemm() -> [Int32]? {
    let stride = paddedRows + 3
    let sums = Memory(bytes: 4 * (stride * (product.vectors - 1) + paddedRows))
    let gap = [UInt8](repeating: 0x7b, count: 12)
    kernel.gemm(
      weights.pointer(UInt8.self), product.columns, 0, paddedRows, together.raw, product.vectors,
      sums.pointer(Int32.self), stride)
    for j in 0..<product.vectors - 1 {
      let after = UnsafeRawBufferPointer(start: sums.raw + 4 * (j * stride + paddedRows), count: gap.count)
      guard Array(after) == gap else { return nil }
    }
    return sums.isGuardIntact && inputsAreIntact ? rows(of: sums, stride: stride) : nil
  }

  /// Multiplies one vector after the other, the rows split at `splits` panels.
  func gemv(splits: [Int] = []) -> [Int32]? {
    let sums = Memory(bytes: 4 * paddedRows * product.vectors)
    let bounds = [0] + splits.map { $0 * packing.row_block } + [paddedRows]
    for j in 0..<product.vectors {
      for (begin, end) in zip(bounds, bounds.dropFirst()) {
        kernel.gemv(
          weights.pointer(UInt8.self), product.columns, begin, end,
          alone.raw + j * kernel.prepared_bytes(product.columns, 1),
          sums.pointer(Int32.self) + j * paddedRows)
      }
    }
    return sums.isGuardIntact && inputsAreIntact ? rows(of: sums, stride: paddedRows) : nil
  }

  private var inputsAreIntact: Bool { weights.isGuardIntact && alone.isGuardIntact && together.isGuardIntact }

  private func rows(of sums: Memory, stride: Int) -> [Int32] {
    (0..<product.vectors).flatMap { j in
      UnsafeBufferPointer(start: sums.pointer(Int32.self) + j * stride, count: product.rows)
    }
  }
}
