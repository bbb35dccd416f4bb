// The reduction order of CK_LANES (CKernels.h) with NEON: lanes 4·p … 4·p + 3 live in vector p.

#ifndef CK_LANES_NEON_INL_H
#define CK_LANES_NEON_INL_H

#include <arm_neon.h>

#include "CKernels.h"
#include "target-inl.h"

enum { CK_LANE_VECTORS = CK_LANES / 4 };

CK_INLINE float ck_lanes_fold(const float32x4_t lanes[CK_LANE_VECTORS]) {
  float32x4_t sixteen[4];
#pragma unroll
  for (int i = 0; i < 4; i++) sixteen[i] = vaddq_f32(lanes[i], lanes[i + 4]);
  const float32x4_t four = vaddq_f32(vaddq_f32(sixteen[0], sixteen[2]), vaddq_f32(sixteen[1], sixteen[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vaddv_f32(two);
}

#endif
