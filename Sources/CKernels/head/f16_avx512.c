// The dense kernel of half precision weights, with AVX-512.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>
#include <stdint.h>

#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c")

typedef uint16_t weight;

CK_INLINE __m512 load16(const weight *w) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)w)); }

#include "../common/dense-avx512-inl.h"

CK_TARGET_END

static const ck_dense_kernel f16_avx512 = {
    .format = "f16",
    .isa = "avx512",
    .summary = "half precision weights, four streams of rows or six vectors at a time",
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
CK_REGISTER_DENSE_KERNEL(f16_avx512);

#endif
