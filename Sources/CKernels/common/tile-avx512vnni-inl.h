// A tile times some vectors with AVX-512 VNNI: a quad of the tile is one register, and dpbusd adds four products
// straight to the row's int32, taking the four activations broadcast from memory.

#ifndef CK_TILE_AVX512VNNI_INL_H
#define CK_TILE_AVX512VNNI_INL_H

#include <immintrin.h>
#include <string.h>

#include "target-inl.h"

enum {
  // A product loads its broadcast, and a quad its weights: twelve vectors make 13 loads for 12 products, where two of
  // each are possible a cycle, and more than the ten chains that a latency of five cycles asks for. Sixteen would need
  // more pointers than there are registers.
  TILE_VECTORS = 12,
};

CK_INLINE __m512i broadcast_quad(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, sizeof quad);
  return _mm512_set1_epi32(quad);
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  __m512i totals[TILE_VECTORS];
#pragma unroll
  for (int j = 0; j < vectors; j++) totals[j] = _mm512_setzero_si512();
  for (size_t quad = 0; quad < quads; quad++) {
    const __m512i codes = _mm512_load_si512(weights->codes + quad * TILE_QUAD_BYTES);
#pragma unroll
    for (int j = 0; j < vectors; j++) {
      totals[j] = _mm512_dpbusd_epi32(totals[j], codes, broadcast_quad(q + (size_t)j * q_stride + 4 * quad));
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
    int32_t *out = sums + (size_t)j * stride;
    _mm512_storeu_si512(out, _mm512_add_epi32(_mm512_loadu_si512(out), totals[j]));
  }
}

#include "tile-strip12-inl.h"

#endif
