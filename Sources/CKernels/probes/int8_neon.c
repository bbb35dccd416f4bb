// The int8 ceiling with NEON alone: smlal, eight products an instruction, operands in registers. No kernel that
// multiplies bytes with these instructions can be faster.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>

#include "../common/target-inl.h"

enum {
  CHAINS = 16,  // a latency of four cycles at four a cycle: fewer would measure latency
  PRODUCTS = 8,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  int8x8_t codes = vdup_n_s8(2);
  const int8x8_t values = vdup_n_s8(3);
  int16x8_t sums[CHAINS];
#pragma unroll
  for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_s16(0);
  for (size_t done = 0; done < work; done += CHAINS * PRODUCTS) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) {
      CK_MAY_CHANGE(codes);
      sums[i] = vmlal_s8(sums[i], codes, values);
    }
  }
  uint64_t total = 0;
#pragma unroll
  for (int i = 0; i < CHAINS; i++) total += (uint16_t)vaddvq_s16(sums[i]);
  return total;
}

static const ck_probe int8_neon = {
    .name = "int8",
    .isa = "neon",
    .summary = "smlal on registers",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .run = run,
};
CK_REGISTER_PROBE(int8_neon);

#endif
