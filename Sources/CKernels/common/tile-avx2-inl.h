// A tile times some vectors with AVX2: maddubs into int16 accumulators that stay in registers.

#ifndef CK_TILE_AVX2_INL_H
#define CK_TILE_AVX2_INL_H

#include <immintrin.h>
#include <string.h>

#include "target-inl.h"

enum {
  // Six vectors times 16 rows are twelve accumulators; two weights, one broadcast and one product fill 16 registers.
  TILE_VECTORS = 6,
  // A quad adds at most 2·2·128 to a lane: after 64 of them −32768 fits, and so does 32512.
  TILE_FLUSH_QUADS = 64,
};

CK_INLINE __m256i broadcast_quad(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, sizeof quad);
  return _mm256_set1_epi32(quad);
}

CK_INLINE __m256i pair_sums(__m256i lanes) { return _mm256_madd_epi16(lanes, _mm256_set1_epi16(1)); }

// Adds the products of up to TILE_FLUSH_QUADS quads of `vectors` vectors to their totals.
CK_INLINE void add_quads(const uint8_t *codes, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                         __m256i totals[][2]) {
  __m256i lanes[TILE_VECTORS][2];
#pragma unroll
  for (int j = 0; j < vectors; j++) lanes[j][0] = lanes[j][1] = _mm256_setzero_si256();
  for (size_t quad = 0; quad < quads; quad++) {
    const __m256i first = _mm256_load_si256((const __m256i *)(codes + quad * TILE_QUAD_BYTES));
    const __m256i second = _mm256_load_si256((const __m256i *)(codes + quad * TILE_QUAD_BYTES) + 1);
#pragma unroll
    for (int j = 0; j < vectors; j++) {
      const __m256i x = broadcast_quad(q + (size_t)j * q_stride + 4 * quad);
      lanes[j][0] = _mm256_add_epi16(lanes[j][0], _mm256_maddubs_epi16(first, x));
      lanes[j][1] = _mm256_add_epi16(lanes[j][1], _mm256_maddubs_epi16(second, x));
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
    totals[j][0] = _mm256_add_epi32(totals[j][0], pair_sums(lanes[j][0]));
    totals[j][1] = _mm256_add_epi32(totals[j][1], pair_sums(lanes[j][1]));
  }
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. The totals
// stay on the stack until the tile is done: sums that lie a power of two apart share few cache lines.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  __m256i totals[TILE_VECTORS][2];
  for (int j = 0; j < vectors; j++) totals[j][0] = totals[j][1] = _mm256_setzero_si256();
  for (size_t quad = 0; quad < quads; quad += TILE_FLUSH_QUADS) {
    const size_t count = quads - quad < TILE_FLUSH_QUADS ? quads - quad : TILE_FLUSH_QUADS;
    add_quads(weights->codes + quad * TILE_QUAD_BYTES, count, q + 4 * quad, q_stride, vectors, totals);
  }
  for (int j = 0; j < vectors; j++) {
    __m256i *out = (__m256i *)(sums + (size_t)j * stride);
    _mm256_storeu_si256(out, _mm256_add_epi32(_mm256_loadu_si256(out), totals[j][0]));
    _mm256_storeu_si256(out + 1, _mm256_add_epi32(_mm256_loadu_si256(out + 1), totals[j][1]));
  }
}

#include "tile-strip6-inl.h"

#endif
