// The int8 ceiling with AVX-512 BW: vpmaddubsw and vpaddw, 64 products a pair, operands in registers.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq")

enum {
  CHAINS = 8,  // more than enough: a chain waits for its additions alone
  PRODUCTS = 64,
};

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  __m512i codes = _mm512_set1_epi8(2);
  const __m512i values = _mm512_set1_epi8(3);
  __m512i sums[CHAINS];
  for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_setzero_si512();
  for (size_t done = 0; done < work; done += CHAINS * PRODUCTS) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) {
      CK_MAY_CHANGE(codes);
      sums[i] = _mm512_add_epi16(sums[i], _mm512_maddubs_epi16(codes, values));
    }
  }
  uint64_t total = 0;
  for (int i = 0; i < CHAINS; i++) {
    for (int j = 0; j < 8; j++) total += (uint64_t)sums[i][j];
  }
  return total;
}

CK_TARGET_END

static const ck_probe int8_avx512 = {
    .name = "int8",
    .isa = "avx512",
    .summary = "vpmaddubsw and vpaddw on 512-bit registers",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .run = run,
};
CK_REGISTER_PROBE(int8_avx512);

#endif
