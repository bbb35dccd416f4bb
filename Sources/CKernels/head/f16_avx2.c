// The dense kernel of half precision weights, with AVX2, FMA and F16C.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>
#include <stdint.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma,f16c")

typedef uint16_t weight;

CK_INLINE __m256 load8(const weight *w) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)w));
}

#include "../common/dense-avx2-inl.h"

CK_TARGET_END

static const ck_dense_kernel f16_avx2 = {
    .format = "f16",
    .isa = "avx2",
    .summary = "half precision weights, three streams of rows or three vectors at a time",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA | CK_ISA_F16C,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8 * sizeof(weight),
    .column_block = 1,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .multiply = multiply,
    .decode_row = decode_row,
};
CK_REGISTER_DENSE_KERNEL(f16_avx2);

#endif
