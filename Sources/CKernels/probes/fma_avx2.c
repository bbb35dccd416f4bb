// The float ceiling with AVX2 and FMA: vfmadd231ps, 8 multiply-adds each, operands in registers.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/fma-steps-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma")

enum {
  CHAINS = 12,  // a latency of four or five cycles at two a cycle asks for ten; the operands take two of 16 registers
  LANES = 8,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  __m256 ones = _mm256_set1_ps(1);
  __m256 also_ones = _mm256_set1_ps(1);
  uint64_t total = 0;
  for (size_t done = 0; done < work;) {
    const size_t steps = next_steps(work - done, CHAINS * LANES);
    __m256 sums[CHAINS];
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_setzero_ps();
    for (size_t step = 0; step < steps; step++) {
      CK_MAY_CHANGE(ones);
      CK_MAY_CHANGE(also_ones);
#pragma unroll
      for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_fmadd_ps(ones, also_ones, sums[i]);
    }
    for (int i = 0; i < CHAINS; i++) {
      for (int j = 0; j < LANES; j++) total += (uint64_t)sums[i][j];
    }
    done += steps * CHAINS * LANES;
  }
  return total;
}

CK_TARGET_END

static const ck_probe fma_avx2 = {
    .name = "fma",
    .isa = "avx2",
    .summary = "vfmadd231ps on 256-bit registers",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA,
    .priority = 10,
    .run = run,
};
CK_REGISTER_PROBE(fma_avx2);

#endif
