// The scales of eight blocks as floats, with NEON.

#ifndef CK_BLOCK_SCALES_NEON_INL_H
#define CK_BLOCK_SCALES_NEON_INL_H

#include <arm_neon.h>
#include <stdint.h>

#include "target-inl.h"

/// Four halves become floats; collected in general registers, which have time.
CK_INLINE float32x4_t scales_of(uint16_t d0, uint16_t d1, uint16_t d2, uint16_t d3) {
  const uint64_t all = (uint64_t)d0 | (uint64_t)d1 << 16 | (uint64_t)d2 << 32 | (uint64_t)d3 << 48;
  return vcvt_f32_f16(vcreate_f16(all));
}

/// One of eight scales in four lanes.
CK_INLINE float32x4_t scale_at(const float32x4_t scales[2], int block) {
  return vdupq_n_f32(scales[block / 4][block % 4]);
}

#endif
