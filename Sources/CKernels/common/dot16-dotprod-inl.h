// Sums of four products of bytes with sdot. Include it inside a region whose functions have the target "dotprod".

#ifndef CK_DOT16_DOTPROD_INL_H
#define CK_DOT16_DOTPROD_INL_H

#include <arm_neon.h>

#include "target-inl.h"

/// sums[i] += w[4i]·a[4i] + … + w[4i + 3]·a[4i + 3].
CK_INLINE int32x4_t dot_16(int32x4_t sums, int8x16_t w, int8x16_t a) { return vdotq_s32(sums, w, a); }

#endif
