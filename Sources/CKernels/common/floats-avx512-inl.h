// The vocabulary of scan-inl.h with AVX-512: sixteen floats.
// Include it inside a region whose functions have the target "avx512f".

#ifndef CK_FLOATS_INL_H
#define CK_FLOATS_INL_H

#include <immintrin.h>

#include "exp-avx512-inl.h"

typedef __m512 ck_floats;
enum { CK_FLOATS = 16 };

CK_INLINE ck_floats ck_load(const float *x) { return _mm512_loadu_ps(x); }
CK_INLINE void ck_store(float *x, ck_floats values) { _mm512_storeu_ps(x, values); }
CK_INLINE ck_floats ck_all(float x) { return _mm512_set1_ps(x); }
CK_INLINE ck_floats ck_sum(ck_floats a, ck_floats b) { return _mm512_add_ps(a, b); }
CK_INLINE ck_floats ck_product(ck_floats a, ck_floats b) { return _mm512_mul_ps(a, b); }
CK_INLINE ck_floats ck_quotient(ck_floats a, ck_floats b) { return _mm512_div_ps(a, b); }
CK_INLINE ck_floats ck_fused(ck_floats a, ck_floats b, ck_floats c) { return _mm512_fmadd_ps(a, b, c); }
CK_INLINE ck_floats ck_negative(ck_floats x) {
  return _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(x), _mm512_set1_epi32(INT32_MIN)));
}
CK_INLINE ck_floats ck_magnitude(ck_floats x) {
  return _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(INT32_MAX)));
}
CK_INLINE ck_floats ck_powers(ck_floats x) { return ck_exp_16(x); }
// then where x > limit.
CK_INLINE ck_floats ck_where_above(ck_floats x, ck_floats limit, ck_floats then, ck_floats otherwise) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, limit, _CMP_GT_OQ), otherwise, then);
}

#endif
