// The int8 ceiling with AVX2: vpmaddubsw and vpaddw, 32 products a pair, operands in registers. No kernel that
// multiplies bytes with these instructions can be faster. (vpaddsw would share ports with vpmaddubsw and be slower.)

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2")

enum {
  CHAINS = 8,  // a pair's latency is four cycles at 1.6 pairs a cycle: fewer chains would measure latency
  PRODUCTS = 32,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  __m256i codes = _mm256_set1_epi8(2);
  __m256i values = _mm256_set1_epi8(3);
  __m256i sums[CHAINS];
  for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_setzero_si256();
  for (size_t done = 0; done < work; done += CHAINS * PRODUCTS) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) {
      CK_MAY_CHANGE(codes);
      sums[i] = _mm256_add_epi16(sums[i], _mm256_maddubs_epi16(codes, values));
    }
  }
  uint64_t total = 0;
  for (int i = 0; i < CHAINS; i++) {
    for (int j = 0; j < 4; j++) total += (uint64_t)sums[i][j];
  }
  return total;
}

CK_TARGET_END

static const ck_probe int8_avx2 = {
    .name = "int8",
    .isa = "avx2",
    .summary = "vpmaddubsw and vpaddw on registers",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .run = run,
};
CK_REGISTER_PROBE(int8_avx2);

#endif
