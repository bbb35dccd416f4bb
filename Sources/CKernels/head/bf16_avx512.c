// The dense kernel of bfloat16 weights, with AVX-512.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>
#include <stdint.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c")

typedef uint16_t weight;

CK_INLINE __m512 load16(const weight *w) {
  const __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)w));
  return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}

#include "../common/dense-avx512-inl.h"

CK_TARGET_END

static const ck_dense_kernel bf16_avx512 = {
    .format = "bf16",
    .isa = "avx512",
    .summary = "bfloat16 weights, four streams of rows or six vectors at a time",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8 * sizeof(weight),
    .column_block = 1,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .multiply = multiply,
    .decode_row = decode_row,
};
CK_REGISTER_DENSE_KERNEL(bf16_avx512);

#endif
