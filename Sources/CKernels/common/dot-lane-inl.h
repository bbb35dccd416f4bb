// sdot by a lane that a loop counts: once the loop is unrolled, one instruction.

#ifndef CK_DOT_LANE_INL_H
#define CK_DOT_LANE_INL_H

#include <arm_neon.h>

#include "target-inl.h"

/// sums[r] += Σ_i codes[4·r + i] · x[4·lane + i]. The lane is part of the instruction, so each is spelled out.
CK_INLINE int32x4_t ck_dot_lane(int32x4_t sums, int8x16_t codes, int8x16_t x, int lane) {
  switch (lane) {
    case 0: return vdotq_laneq_s32(sums, codes, x, 0);
    case 1: return vdotq_laneq_s32(sums, codes, x, 1);
    case 2: return vdotq_laneq_s32(sums, codes, x, 2);
    default: return vdotq_laneq_s32(sums, codes, x, 3);
  }
}

#endif
