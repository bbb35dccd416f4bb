// A tile times some vectors with AVX-512 BW: a quad of the tile is one register, maddubs into int16 accumulators.

#ifndef CK_TILE_AVX512_INL_H
#define CK_TILE_AVX512_INL_H

#include <immintrin.h>
#include <string.h>

#include "target-inl.h"

enum {
  TILE_VECTORS = 12,  // accumulators, each with its pointer: sixteen would need more pointers than there are registers
  // A quad adds at most 2·2·128 to a lane: after 64 of them −32768 fits, and so does 32512.
  TILE_FLUSH_QUADS = 64,
};

CK_INLINE __m512i broadcast_quad(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, sizeof quad);
  return _mm512_set1_epi32(quad);
}

CK_INLINE __m512i pair_sums(__m512i lanes) { return _mm512_madd_epi16(lanes, _mm512_set1_epi16(1)); }

// Adds the products of up to TILE_FLUSH_QUADS quads of `vectors` vectors to their totals.
CK_INLINE void add_quads(const uint8_t *codes, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                         __m512i totals[]) {
  __m512i lanes[TILE_VECTORS];
#pragma unroll
  for (int j = 0; j < vectors; j++) lanes[j] = _mm512_setzero_si512();
  for (size_t quad = 0; quad < quads; quad++) {
    const __m512i weights = _mm512_load_si512(codes + quad * TILE_QUAD_BYTES);
#pragma unroll
    for (int j = 0; j < vectors; j++) {
      const __m512i x = broadcast_quad(q + (size_t)j * q_stride + 4 * quad);
      lanes[j] = _mm512_add_epi16(lanes[j], _mm512_maddubs_epi16(weights, x));
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) totals[j] = _mm512_add_epi32(totals[j], pair_sums(lanes[j]));
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. The totals stay
// on the stack until the tile is done: sums that lie a power of two apart share few cache lines.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  __m512i totals[TILE_VECTORS];
  for (int j = 0; j < vectors; j++) totals[j] = _mm512_setzero_si512();
  for (size_t quad = 0; quad < quads; quad += TILE_FLUSH_QUADS) {
    const size_t count = quads - quad < TILE_FLUSH_QUADS ? quads - quad : TILE_FLUSH_QUADS;
    add_quads(weights->codes + quad * TILE_QUAD_BYTES, count, q + 4 * quad, q_stride, vectors, totals);
  }
  for (int j = 0; j < vectors; j++) {
    int32_t *out = sums + (size_t)j * stride;
    _mm512_storeu_si512(out, _mm512_add_epi32(_mm512_loadu_si512(out), totals[j]));
  }
}

#include "tile-strip12-inl.h"

#endif
