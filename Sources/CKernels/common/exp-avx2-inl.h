// ck_exp (exp-portable-inl.h) for eight floats, the same bytes.
// Include it inside a region whose functions have the target "avx2,fma".

#ifndef CK_EXP_AVX2_INL_H
#define CK_EXP_AVX2_INL_H

#include <immintrin.h>

#include "target-inl.h"

CK_INLINE __m256 ck_exp_8(__m256 x) {
  const __m256 magic = _mm256_set1_ps(CK_EXP_MAGIC);
  const __m256 shifted = _mm256_fmadd_ps(x, _mm256_set1_ps(CK_EXP_LOG2_E), magic);
  const __m256 n = _mm256_sub_ps(shifted, magic);
  const __m256 high = _mm256_fmadd_ps(n, _mm256_set1_ps(-CK_EXP_LN2_HIGH), x);
  const __m256 r = _mm256_fmadd_ps(n, _mm256_set1_ps(-CK_EXP_LN2_LOW), high);
  __m256 p = _mm256_fmadd_ps(r, _mm256_set1_ps(CK_EXP_P0), _mm256_set1_ps(CK_EXP_P1));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CK_EXP_P2));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CK_EXP_P3));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CK_EXP_P4));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CK_EXP_P5));
  const __m256 mantissa = _mm256_add_ps(_mm256_fmadd_ps(p, _mm256_mul_ps(r, r), r), _mm256_set1_ps(1));
  const __m256i integer = _mm256_sub_epi32(_mm256_castps_si256(shifted), _mm256_castps_si256(magic));
  const __m256i power = _mm256_slli_epi32(_mm256_add_epi32(integer, _mm256_set1_epi32(127)), 23);
  const __m256 least = _mm256_cmp_ps(x, _mm256_set1_ps(CK_EXP_LEAST), _CMP_LT_OQ);
  const __m256 most = _mm256_cmp_ps(x, _mm256_set1_ps(CK_EXP_MOST), _CMP_GT_OQ);
  const __m256 value = _mm256_andnot_ps(least, _mm256_mul_ps(mantissa, _mm256_castsi256_ps(power)));
  return _mm256_blendv_ps(value, _mm256_set1_ps(INFINITY), most);
}

#endif
