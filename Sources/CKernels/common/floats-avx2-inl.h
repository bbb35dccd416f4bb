// The vocabulary of scan-inl.h with AVX2 and FMA: eight floats.
// Include it inside a region whose functions have the target "avx2,fma".

#ifndef CK_FLOATS_INL_H
#define CK_FLOATS_INL_H

#include <immintrin.h>

#include "exp-avx2-inl.h"

typedef __m256 ck_floats;
enum { CK_FLOATS = 8 };

CK_INLINE ck_floats ck_load(const float *x) { return _mm256_loadu_ps(x); }
CK_INLINE void ck_store(float *x, ck_floats values) { _mm256_storeu_ps(x, values); }
CK_INLINE ck_floats ck_all(float x) { return _mm256_set1_ps(x); }
CK_INLINE ck_floats ck_sum(ck_floats a, ck_floats b) { return _mm256_add_ps(a, b); }
CK_INLINE ck_floats ck_product(ck_floats a, ck_floats b) { return _mm256_mul_ps(a, b); }
CK_INLINE ck_floats ck_quotient(ck_floats a, ck_floats b) { return _mm256_div_ps(a, b); }
CK_INLINE ck_floats ck_fused(ck_floats a, ck_floats b, ck_floats c) { return _mm256_fmadd_ps(a, b, c); }
CK_INLINE ck_floats ck_negative(ck_floats x) { return _mm256_xor_ps(x, _mm256_set1_ps(-0.0f)); }
CK_INLINE ck_floats ck_magnitude(ck_floats x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
CK_INLINE ck_floats ck_powers(ck_floats x) { return ck_exp_8(x); }
// then where x > limit.
CK_INLINE ck_floats ck_where_above(ck_floats x, ck_floats limit, ck_floats then, ck_floats otherwise) {
  return _mm256_blendv_ps(otherwise, then, _mm256_cmp_ps(x, limit, _CMP_GT_OQ));
}

#endif
