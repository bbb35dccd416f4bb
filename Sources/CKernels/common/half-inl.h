// Half precision without F16C; what widens is written so that a compiler can vectorise it.

#ifndef CK_HALF_INL_H
#define CK_HALF_INL_H

#include <stdint.h>
#include <string.h>

static inline float ck_float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t ck_bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// The float that equals an IEEE 754 binary16. Exponent and fraction move to the places they have in a float; the
/// product with 2¹¹² corrects the bias (127 − 15) and makes subnormal halves normal. Both steps are exact.
static inline float ck_float_of_half(uint16_t half) {
  const uint32_t magnitude = half & 0x7fffu;
  uint32_t bits = ck_bits_of_float(ck_float_of_bits(magnitude << 13) * 0x1p112f);
  bits |= magnitude >= 0x7c00u ? 0x7f800000u : 0;  // infinity and NaN
  bits |= magnitude > 0x7c00u ? 0x00400000u : 0;   // a NaN becomes quiet, as vcvtph2ps makes it
  return ck_float_of_bits(bits | (uint32_t)(half & 0x8000u) << 16);
}

/// The nearest IEEE 754 binary16, ties to even; from 65520 on, infinity. A NaN keeps its upper bits and becomes quiet,
/// as vcvtps2ph makes it.
static inline uint16_t ck_half_of_float(float value) {
  const uint32_t bits = ck_bits_of_float(value);
  const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000u);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return sign | (uint16_t)(0x7e00u | (magnitude >> 13 & 0x1ffu));
  if (magnitude >= 0x477ff000u) return sign | 0x7c00u;
  if (magnitude < 0x38800000u) {
    // Below 2⁻¹⁴ halves are subnormal, multiples of 2⁻²⁴: adding 0.5, whose last bit is 2⁻²⁴, rounds to one.
    const float aligned = ck_float_of_bits(magnitude) + 0.5f;
    return sign | (uint16_t)(ck_bits_of_float(aligned) - ck_bits_of_float(0.5f));
  }
  // 13 bits of the fraction go: half of their weight less one, plus the bit that stays last, rounds ties to even.
  const uint32_t rounded = magnitude + 0xfffu + (magnitude >> 13 & 1u);
  return sign | (uint16_t)((rounded - 0x38000000u) >> 13);
}

/// The float that equals a bfloat16: its upper half.
static inline float ck_float_of_bfloat(uint16_t bfloat) { return ck_float_of_bits((uint32_t)bfloat << 16); }

#endif
