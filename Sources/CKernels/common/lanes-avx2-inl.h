// The reduction order of CK_LANES (CKernels.h) with AVX2: lanes 8·p … 8·p + 7 live in vector p.
// Include it inside a region whose functions have the target "avx2,fma".

#ifndef CK_LANES_AVX2_INL_H
#define CK_LANES_AVX2_INL_H

#include <immintrin.h>

#include "CKernels.h"
#include "target-inl.h"

enum { CK_LANE_VECTORS = CK_LANES / 8 };

CK_INLINE float ck_lanes_fold(const __m256 lanes[CK_LANE_VECTORS]) {
  const __m256 eight = _mm256_add_ps(_mm256_add_ps(lanes[0], lanes[2]), _mm256_add_ps(lanes[1], lanes[3]));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#endif
