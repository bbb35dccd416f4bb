// The reduction order of CK_LANES (CKernels.h) with AVX-512: lanes 16·p … 16·p + 15 live in vector p.
// Include it inside a region whose functions have the target "avx512f,avx512dq".

#ifndef CK_LANES_AVX512_INL_H
#define CK_LANES_AVX512_INL_H

#include <immintrin.h>

#include "CKernels.h"
#include "target-inl.h"

enum { CK_LANE_VECTORS = CK_LANES / 16 };

CK_INLINE float ck_lanes_fold(const __m512 lanes[CK_LANE_VECTORS]) {
  const __m512 sixteen = _mm512_add_ps(lanes[0], lanes[1]);
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(sixteen), _mm512_extractf32x8_ps(sixteen, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#endif
