// The float ceiling with AVX-512: vfmadd231ps, 16 multiply-adds each, operands in registers.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/fma-steps-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq")

enum {
  CHAINS = 12,  // a latency of four cycles at two a cycle asks for eight; the rest bridges a late one
  LANES = 16,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  __m512 ones = _mm512_set1_ps(1);
  __m512 also_ones = _mm512_set1_ps(1);
  uint64_t total = 0;
  for (size_t done = 0; done < work;) {
    const size_t steps = next_steps(work - done, CHAINS * LANES);
    __m512 sums[CHAINS];
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_setzero_ps();
    for (size_t step = 0; step < steps; step++) {
      CK_MAY_CHANGE(ones);
      CK_MAY_CHANGE(also_ones);
#pragma unroll
      for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_fmadd_ps(ones, also_ones, sums[i]);
    }
    for (int i = 0; i < CHAINS; i++) {
      for (int j = 0; j < LANES; j++) total += (uint64_t)sums[i][j];
    }
    done += steps * CHAINS * LANES;
  }
  return total;
}

CK_TARGET_END

static const ck_probe fma_avx512 = {
    .name = "fma",
    .isa = "avx512",
    .summary = "vfmadd231ps on 512-bit registers",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .run = run,
};
CK_REGISTER_PROBE(fma_avx512);

#endif
