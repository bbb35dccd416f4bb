/// Rounds floats to the formats in which dense weights are stored.
public enum FloatFormats {
  /// Rounds a float to the bits of an IEEE 754 half, ties to even.
  ///
  /// Written with integers because x86-64 Swift has no `Float16`.
  public static func half(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(bits >> 16) & 0x8000
    let magnitude = bits & 0x7fff_ffff
    if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
    // 65520 lies halfway between the largest half, 65504, and what would follow it: from there on, infinity.
    if magnitude >= 0x477f_f000 { return sign | 0x7c00 }
    if magnitude < 0x3880_0000 {
      // Below 2⁻¹⁴ halves are subnormal, multiples of 2⁻²⁴: adding 0.5, whose last bit is 2⁻²⁴, rounds to one.
      let aligned = Float(bitPattern: magnitude) + 0.5
      return sign | UInt16(truncatingIfNeeded: aligned.bitPattern &- Float(0.5).bitPattern)
    }
    // 13 bits of the fraction go: half of their weight less one, plus the bit that stays last, rounds ties to even.
    let rounded = magnitude + 0xfff + (magnitude >> 13 & 1)
    return sign | UInt16((rounded - 0x3800_0000) >> 13)
  }

  /// The float that equals an IEEE 754 half.
  ///
  /// Inlined elsewhere, where it becomes a part of loops over billions of weights.
  @inlinable
  public static func float(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7fff)
    if magnitude >= 0x7c00 { return Float(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13) }
    // Move the exponent's bias from 15 to 127 by a multiplication, which makes subnormals right as well.
    let value = Float(bitPattern: magnitude << 13) * 0x1p112
    return Float(bitPattern: value.bitPattern | sign)
  }

  /// Rounds a float to the bits of a bfloat16, ties to even.
  public static func bfloat(_ value: Float) -> UInt16 {
    if value.isNaN { return UInt16(value.bitPattern >> 16) | 0x0040 }
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
  }
}
