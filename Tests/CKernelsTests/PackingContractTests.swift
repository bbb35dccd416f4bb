import CKernels
import Testing

/// Every packing gives back what it was given.
@Suite struct PackingContractTests {
  @Test(arguments: Rows.packings)
  func `What is packed can be unpacked`(packing: Row<ck_packing>) {
    let row = packing.value
    var generator = Generator(seed: 7)
    for columns in [1, 3, 15, 16, 17, 31, 64, 100, 129] {
      for rows in Set([1, row.row_block / 2, row.row_block - 1, row.row_block]) where rows > 0 {
        let stride = columns + 5
        let weights = (0..<rows * stride).map { _ in Int8.random(in: -1...1, using: &generator) }
        let panel = Memory(bytes: row.panel_bytes(columns))
        row.pack_panel(weights, stride, rows, columns, panel.pointer(UInt8.self))
        var unpacked = weights.map { _ in Int8(99) }
        row.unpack_panel(panel.pointer(UInt8.self), rows, columns, &unpacked, stride)
        let expected = weights.indices.map { $0 % stride < columns ? weights[$0] : 99 }
        #expect(unpacked == expected, "\(rows) × \(columns)")
        #expect(panel.isGuardIntact)
      }
    }
  }

  @Test(arguments: Rows.packings)
  func `A panel is whole cache lines and as small as its bits per weight`(packing: Row<ck_packing>) {
    let row = packing.value
    for columns in [1, 64, 2560, 8640] {
      let bytes = row.panel_bytes(columns)
      let padded = (columns + row.column_block - 1) / row.column_block * row.column_block
      #expect(bytes % 64 == 0)
      #expect(Double(bytes) * 8 == Double(padded * row.row_block) * row.bits_per_weight)
    }
  }

  @Test func `Synthetic rows are ternary, about evenly, and the same each time`() {
    var counts: [Int8: Int] = [:]
    for row in 0..<100 {
      for weight in synthetic(seed: 3, row: UInt64(row), columns: 1003) { counts[weight, default: 0] += 1 }
    }
    #expect(counts.keys.sorted() == [-1, 0, 1])
    #expect(counts.values.allSatisfy { (32_000...35_000).contains($0) })
    #expect(synthetic(seed: 3, row: 5, columns: 1003) == synthetic(seed: 3, row: 5, columns: 1003))
    #expect(synthetic(seed: 3, row: 5, columns: 1003) != synthetic(seed: 3, row: 6, columns: 1003))
    #expect(synthetic(seed: 3, row: 5, columns: 1003) != synthetic(seed: 4, row: 5, columns: 1003))
  }

  @Test func `A longer synthetic row begins like a shorter one`() {
    #expect(synthetic(seed: 9, row: 2, columns: 77) == Array(synthetic(seed: 9, row: 2, columns: 200).prefix(77)))
  }

  @Test func `The first synthetic weights are these for ever, or records of old runs would lie`() {
    #expect(synthetic(seed: 1, row: 0, columns: 16) == [-1, -1, -1, 1, 0, 0, 1, -1, 1, -1, 0, 0, 0, 1, 0, 1])
  }

  private func synthetic(seed: UInt64, row: UInt64, columns: Int) -> [Int8] {
    var weights = [Int8](repeating: 99, count: columns)
    ck_synthetic_row(seed, row, columns, &weights)
    return weights
  }
}
