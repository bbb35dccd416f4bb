// The accumulators of weights in blocks with NEON, four lanes a register. The file that includes this defines
// ACCUMULATORS before, 4 or 2, and whatever else block-loops-inl.h asks for.

#include <arm_neon.h>

#include "target-inl.h"

typedef float32x4_t lane_vector;

CK_INLINE void clear(lane_vector lanes[ACCUMULATORS]) {
#pragma unroll
  for (int i = 0; i < ACCUMULATORS; i++) lanes[i] = vdupq_n_f32(0);
}

CK_INLINE float fold(const lane_vector lanes[ACCUMULATORS]) {
  const int half = ACCUMULATORS / 2;
  const float32x4_t first = vaddq_f32(lanes[0], lanes[half]);
  const float32x4_t four = half == 1 ? first : vaddq_f32(first, vaddq_f32(lanes[half - 1], lanes[2 * half - 1]));
  return vaddv_f32(vadd_f32(vget_low_f32(four), vget_high_f32(four)));
}

#include "block-loops-inl.h"
