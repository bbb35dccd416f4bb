// A tile times some vectors with sdot: four products added straight to the row's int32, so nothing can overflow and
// nothing has to be flushed.

#ifndef CK_TILE_DOTPROD_INL_H
#define CK_TILE_DOTPROD_INL_H

#include <arm_neon.h>

#include "dot-lane-inl.h"
#include "target-inl.h"

enum {
  // Six vectors times 16 rows are 24 accumulators, more than the latency of any core asks for (four cycles at four a
  // cycle); 16 activations of each vector and the weights of four rows make 31 registers of 32.
  TILE_VECTORS = 6,
  TILE_PARTS = TILE_ROWS / 4,  // four rows of a quad are 16 bytes
};

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. Four quads at a
// time: the tile has whole blocks of 16 columns, and the activations are zeros where the columns end.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  int32x4_t totals[TILE_VECTORS][TILE_PARTS];
#pragma unroll
  for (int j = 0; j < vectors; j++) {
#pragma unroll
    for (int part = 0; part < TILE_PARTS; part++) totals[j][part] = vdupq_n_s32(0);
  }
  for (size_t quad = 0; quad < quads; quad += 4) {
    const uint8_t *codes = weights->codes + quad * TILE_QUAD_BYTES;
    int8x16_t x[TILE_VECTORS];
#pragma unroll
    for (int j = 0; j < vectors; j++) x[j] = vld1q_s8(q + (size_t)j * q_stride + 4 * quad);
#pragma unroll
    for (int i = 0; i < 4 * TILE_PARTS; i++) {
      const int8x16_t rows = vreinterpretq_s8_u8(vld1q_u8(codes + 16 * i));
      const int part = i % TILE_PARTS;
#pragma unroll
      for (int j = 0; j < vectors; j++) totals[j][part] = ck_dot_lane(totals[j][part], rows, x[j], i / TILE_PARTS);
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
#pragma unroll
    for (int part = 0; part < TILE_PARTS; part++) {
      int32_t *out = sums + (size_t)j * stride + 4 * part;
      vst1q_s32(out, vaddq_s32(vld1q_s32(out), totals[j][part]));
    }
  }
}

#include "tile-strip6-inl.h"

#endif
