// Sums of four products of bytes with NEON alone.

#ifndef CK_DOT16_NEON_INL_H
#define CK_DOT16_NEON_INL_H

#include <arm_neon.h>

#include "target-inl.h"

/// sums[i] += w[4i]·a[4i] + … + w[4i + 3]·a[4i + 3], for a within ±127: two products are at most 2·128·127 < 2¹⁵.
CK_INLINE int32x4_t dot_16(int32x4_t sums, int8x16_t w, int8x16_t a) {
  const int16x8_t low = vmull_s8(vget_low_s8(w), vget_low_s8(a));
  return vpadalq_s16(sums, vpaddq_s16(low, vmull_high_s8(w, a)));
}

#endif
