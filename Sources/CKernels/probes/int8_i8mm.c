// The int8 ceiling with products of small matrices: smmla, 32 products an instruction, operands in registers.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("i8mm")

enum {
  CHAINS = 16,  // a latency of four cycles at four a cycle: fewer would measure latency
  PRODUCTS = 32,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  int8x16_t codes = vdupq_n_s8(2);
  const int8x16_t values = vdupq_n_s8(3);
  int32x4_t sums[CHAINS];
#pragma unroll
  for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_s32(0);
  for (size_t done = 0; done < work; done += CHAINS * PRODUCTS) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) {
      CK_MAY_CHANGE(codes);
      sums[i] = vmmlaq_s32(sums[i], codes, values);
    }
  }
  uint64_t total = 0;
#pragma unroll
  for (int i = 0; i < CHAINS; i++) total += (uint32_t)vaddvq_s32(sums[i]);
  return total;
}

CK_TARGET_END

static const ck_probe int8_i8mm = {
    .name = "int8",
    .isa = "i8mm",
    .summary = "smmla on registers",
    .needs = CK_ISA_NEON | CK_ISA_I8MM,
    .priority = 30,
    .run = run,
};
CK_REGISTER_PROBE(int8_i8mm);

#endif
