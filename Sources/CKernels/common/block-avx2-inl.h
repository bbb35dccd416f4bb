// The accumulators of weights in blocks with AVX2: lane l lives in vector l / 8. Include it where block-loops-inl.h
// would be, with ACCUMULATORS 1 or 2.

#include <immintrin.h>

#include "target-inl.h"

typedef __m256 lane_vector;

CK_INLINE void clear(__m256 lanes[ACCUMULATORS]) {
#pragma unroll
  for (int i = 0; i < ACCUMULATORS; i++) lanes[i] = _mm256_setzero_ps();
}

CK_INLINE float fold(const __m256 lanes[ACCUMULATORS]) {
  const __m256 eight = ACCUMULATORS == 1 ? lanes[0] : _mm256_add_ps(lanes[0], lanes[ACCUMULATORS - 1]);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#include "block-loops-inl.h"
