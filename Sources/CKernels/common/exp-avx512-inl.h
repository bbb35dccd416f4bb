// ck_exp (exp-portable-inl.h) for sixteen floats, the same bytes.
// Include it inside a region whose functions have the target "avx512f".

#ifndef CK_EXP_AVX512_INL_H
#define CK_EXP_AVX512_INL_H

#include <immintrin.h>

#include "target-inl.h"

CK_INLINE __m512 ck_exp_16(__m512 x) {
  const __m512 magic = _mm512_set1_ps(CK_EXP_MAGIC);
  const __m512 shifted = _mm512_fmadd_ps(x, _mm512_set1_ps(CK_EXP_LOG2_E), magic);
  const __m512 n = _mm512_sub_ps(shifted, magic);
  const __m512 high = _mm512_fmadd_ps(n, _mm512_set1_ps(-CK_EXP_LN2_HIGH), x);
  const __m512 r = _mm512_fmadd_ps(n, _mm512_set1_ps(-CK_EXP_LN2_LOW), high);
  __m512 p = _mm512_fmadd_ps(r, _mm512_set1_ps(CK_EXP_P0), _mm512_set1_ps(CK_EXP_P1));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CK_EXP_P2));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CK_EXP_P3));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CK_EXP_P4));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CK_EXP_P5));
  const __m512 mantissa = _mm512_add_ps(_mm512_fmadd_ps(p, _mm512_mul_ps(r, r), r), _mm512_set1_ps(1));
  const __m512i integer = _mm512_sub_epi32(_mm512_castps_si512(shifted), _mm512_castps_si512(magic));
  const __m512i power = _mm512_slli_epi32(_mm512_add_epi32(integer, _mm512_set1_epi32(127)), 23);
  const __mmask16 least = _mm512_cmp_ps_mask(x, _mm512_set1_ps(CK_EXP_LEAST), _CMP_LT_OQ);
  const __mmask16 most = _mm512_cmp_ps_mask(x, _mm512_set1_ps(CK_EXP_MOST), _CMP_GT_OQ);
  const __m512 product = _mm512_mul_ps(mantissa, _mm512_castsi512_ps(power));
  const __m512 value = _mm512_mask_blend_ps(least, product, _mm512_setzero_ps());
  return _mm512_mask_blend_ps(most, value, _mm512_set1_ps(INFINITY));
}

#endif
