/// out[c] += Σ weights[j]·values[j][c] over some rows, for every column c: each product rounded, then added, in ascending
/// order of rows.
///
/// Sums of 32 columns stay in registers while the rows pass, which a call per row could not do. The order of additions
/// in a column is that of the rows, so it does not matter how rows are cut into calls or columns into groups.
func addWeighted(
  _ values: UnsafePointer<Float>, weights: UnsafePointer<Float>, rows: Range<Int>, width: Int,
  to out: UnsafeMutablePointer<Float>
) {
  var column = 0
  while column + 32 <= width {
    var (a, b, c, d) = (load(out + column), load(out + column + 8), load(out + column + 16), load(out + column + 24))
    for row in rows {
      let value = values + row * width + column
      let weight = SIMD8(repeating: weights[row])
      a += weight * load(value)
      b += weight * load(value + 8)
      c += weight * load(value + 16)
      d += weight * load(value + 24)
    }
    store(a, out + column)
    store(b, out + column + 8)
    store(c, out + column + 16)
    store(d, out + column + 24)
    column += 32
  }
  for column in column..<width {
    for row in rows { out[column] += weights[row] * values[row * width + column] }
  }
}

@inline(__always)
private func load(_ x: UnsafePointer<Float>) -> SIMD8<Float> {
  UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Float>.self)
}

@inline(__always)
private func store(_ value: SIMD8<Float>, _ x: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(x).storeBytes(of: value, as: SIMD8<Float>.self)
}
