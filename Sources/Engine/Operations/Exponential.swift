/// Computes e^x for eight floats, to about one unit in the last place.
///
/// The C library's expf differs between machines, and calling it eight times is slow. This one uses additions,
/// multiplications and bits alone, none of them fused, so it gives the same bytes everywhere. Range reduction
/// x = n·ln 2 + r and the polynomial for e^r are those of the Cephes library (Moshier, expf.c).
func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
  // Adding 1.5·2²³ rounds to the nearest integer, ties to even, and leaves it in the low bits.
  let magic = SIMD8<Float>(repeating: 0x1.8p23)
  let shifted = x * 1.442_695_04 + magic
  let n = shifted - magic
  // ln 2 in two parts; n times the first is exact.
  let r = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
  var p = r * 1.987_569_15e-4 + 1.398_199_95e-3
  p = p * r + 8.333_451_9e-3
  p = p * r + 4.166_579_6e-2
  p = p * r + 0.166_666_655
  p = p * r + 0.5
  let mantissa = p * (r * r) + r + 1
  let integer = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- unsafeBitCast(magic, to: SIMD8<Int32>.self)
  let power = unsafeBitCast((integer &+ 127) &<< 23, to: SIMD8<Float>.self)
  // Below the smallest normal number e^x counts as zero. Above 88.37, just short of the largest, n would be 128, which
  // has no float: infinity. NaN stays, because neither comparison holds.
  return (mantissa * power).replacing(with: 0, where: x .< -87.336_54).replacing(with: .infinity, where: x .> 88.37)
}
