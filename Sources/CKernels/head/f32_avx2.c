// The dense kernel of single precision weights, with AVX2 and FMA.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>
#include <stdint.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma")

typedef float weight;

CK_INLINE __m256 load8(const weight *w) {
  return _mm256_loadu_ps(w);
}

#include "../common/dense-avx2-inl.h"

CK_TARGET_END

static const ck_dense_kernel f32_avx2 = {
    .format = "f32",
    .isa = "avx2",
    .summary = "single precision weights, three streams of rows or three vectors at a time",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8 * sizeof(weight),
    .column_block = 1,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .multiply = multiply,
    .decode_row = decode_row,
};
CK_REGISTER_DENSE_KERNEL(f32_avx2);

#endif
