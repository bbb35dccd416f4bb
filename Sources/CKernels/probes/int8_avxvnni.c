// The int8 ceiling with AVX-VNNI: vpdpbusd, 32 products each, operands in registers.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,avxvnni")

enum {
  CHAINS = 12,  // a latency of five cycles at two a cycle: fewer than ten chains would measure latency
  PRODUCTS = 32,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  __m256i codes = _mm256_set1_epi8(2);
  const __m256i values = _mm256_set1_epi8(3);
  __m256i sums[CHAINS];
  for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_setzero_si256();
  for (size_t done = 0; done < work; done += CHAINS * PRODUCTS) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) {
      CK_MAY_CHANGE(codes);
      sums[i] = _mm256_dpbusd_avx_epi32(sums[i], codes, values);
    }
  }
  uint64_t total = 0;
  for (int i = 0; i < CHAINS; i++) {
    for (int j = 0; j < 4; j++) total += (uint64_t)sums[i][j];
  }
  return total;
}

CK_TARGET_END

static const ck_probe int8_avxvnni = {
    .name = "int8",
    .isa = "avxvnni",
    .summary = "vpdpbusd on registers",
    .needs = CK_ISA_AVX2 | CK_ISA_AVXVNNI,
    .priority = 20,
    .run = run,
};
CK_REGISTER_PROBE(int8_avxvnni);

#endif
