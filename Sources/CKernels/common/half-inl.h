// Half precision without F16C, written so that a compiler can vectorise it.

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

/// The float that equals a bfloat16: its upper half.
static inline float ck_float_of_bfloat(uint16_t bfloat) { return ck_float_of_bits((uint32_t)bfloat << 16); }

#endif
