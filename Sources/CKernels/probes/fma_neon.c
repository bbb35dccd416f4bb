// The float ceiling with NEON: fmla, 4 multiply-adds each, operands in registers.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>

#include "../common/fma-steps-inl.h"
#include "../common/target-inl.h"

enum {
  CHAINS = 16,  // a latency of four cycles at four a cycle: fewer would measure latency
  LANES = 4,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  float32x4_t ones = vdupq_n_f32(1);
  float32x4_t also_ones = vdupq_n_f32(1);
  uint64_t total = 0;
  for (size_t done = 0; done < work;) {
    const size_t steps = next_steps(work - done, CHAINS * LANES);
    float32x4_t sums[CHAINS];
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_f32(0);
    for (size_t step = 0; step < steps; step++) {
      CK_MAY_CHANGE(ones);
      CK_MAY_CHANGE(also_ones);
#pragma unroll
      for (int i = 0; i < CHAINS; i++) sums[i] = vfmaq_f32(sums[i], ones, also_ones);
    }
    for (int i = 0; i < CHAINS; i++) {
      float lanes[LANES];
      vst1q_f32(lanes, sums[i]);
      for (int j = 0; j < LANES; j++) total += (uint64_t)lanes[j];
    }
    done += steps * CHAINS * LANES;
  }
  return total;
}

static const ck_probe fma_neon = {
    .name = "fma",
    .isa = "neon",
    .summary = "fmla on registers",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .run = run,
};
CK_REGISTER_PROBE(fma_neon);

#endif
