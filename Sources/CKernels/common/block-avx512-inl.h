// The accumulators of weights in blocks with AVX-512: 16 lanes in one vector. Include it where block-loops-inl.h would
// be.

#include <immintrin.h>

#include "target-inl.h"

typedef __m512 lane_vector;
enum { ACCUMULATORS = 1 };

CK_INLINE void clear(lane_vector lanes[ACCUMULATORS]) { lanes[0] = _mm512_setzero_ps(); }

CK_INLINE float fold(const lane_vector lanes[ACCUMULATORS]) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes[0]), _mm512_extractf32x8_ps(lanes[0], 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#include "block-loops-inl.h"
