// A tile times some vectors with AVX-VNNI: dpbusd adds four products straight to the row's int32, so nothing can
// overflow and nothing has to be flushed.

#ifndef CK_TILE_AVXVNNI_INL_H
#define CK_TILE_AVXVNNI_INL_H

#include <immintrin.h>
#include <string.h>

#include "target-inl.h"

enum {
  // Six vectors times 16 rows are twelve accumulators, two more than a latency of five cycles at two a cycle asks for;
  // two weights and one broadcast make 15 registers of 16.
  TILE_VECTORS = 6,
};

CK_INLINE __m256i broadcast_quad(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, sizeof quad);
  return _mm256_set1_epi32(quad);
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  __m256i totals[TILE_VECTORS][2];
#pragma unroll
  for (int j = 0; j < vectors; j++) totals[j][0] = totals[j][1] = _mm256_setzero_si256();
  for (size_t quad = 0; quad < quads; quad++) {
    const __m256i first = _mm256_load_si256((const __m256i *)(weights->codes + quad * TILE_QUAD_BYTES));
    const __m256i second = _mm256_load_si256((const __m256i *)(weights->codes + quad * TILE_QUAD_BYTES) + 1);
#pragma unroll
    for (int j = 0; j < vectors; j++) {
      const __m256i x = broadcast_quad(q + (size_t)j * q_stride + 4 * quad);
      totals[j][0] = _mm256_dpbusd_avx_epi32(totals[j][0], first, x);
      totals[j][1] = _mm256_dpbusd_avx_epi32(totals[j][1], second, x);
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
    __m256i *out = (__m256i *)(sums + (size_t)j * stride);
    _mm256_storeu_si256(out, _mm256_add_epi32(_mm256_loadu_si256(out), totals[j][0]));
    _mm256_storeu_si256(out + 1, _mm256_add_epi32(_mm256_loadu_si256(out + 1), totals[j][1]));
  }
}

#include "tile-strip6-inl.h"

#endif
