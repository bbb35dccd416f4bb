/// Turns `count` scores into weights that sum to one: e^(x − max) / Σ e^(x − max).
///
/// `x` is aligned to 32 bytes and has room to a multiple of eight. Lane l of eight sums the elements ≡ l (mod 8) in
/// ascending order, then the lanes are added in halves: an order that depends on `count` alone.
func softmax(_ x: UnsafeMutablePointer<Float>, count: Int) {
  let blocks = (count + 7) / 8
  (x + count).update(repeating: -.infinity, count: blocks * 8 - count)
  let x = UnsafeMutableRawPointer(x).assumingMemoryBound(to: SIMD8<Float>.self)
  var largest = x[0]
  for i in 1..<max(blocks, 1) { largest.replace(with: x[i], where: x[i] .> largest) }
  let shift = SIMD8(repeating: largest.max())
  var sums = SIMD8<Float>.zero
  for i in 0..<blocks {
    x[i] = exponential(x[i] - shift)
    sums += x[i]
  }
  let quarters = sums.lowHalf + sums.highHalf
  let pairs = quarters.lowHalf + quarters.highHalf
  let inverse = 1 / (pairs.x + pairs.y)
  for i in 0..<blocks { x[i] *= inverse }
}
