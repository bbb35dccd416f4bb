// A tile times some vectors with NEON alone: smlal, eight products of bytes added to int16 accumulators that stay in
// registers. Bytes are loaded in eights: the upper half of a full register would first have to be moved down.

#ifndef CK_TILE_NEON_INL_H
#define CK_TILE_NEON_INL_H

#include <arm_neon.h>
#include <string.h>

#include "target-inl.h"

enum {
  // Three vectors times 16 rows are 24 accumulators; three broadcasts and the weights of two rows make 28 registers
  // of 32.
  TILE_VECTORS = 3,
  TILE_PARTS = TILE_ROWS / 2,  // two rows of a quad are eight bytes, whose products fill a register of int16
  // A quad adds one product to a lane, at most 2·128: after 128 of them −32768 fits, and so does 32512.
  TILE_FLUSH_QUADS = 128,
};

CK_INLINE int8x8_t broadcast_quad(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, sizeof quad);
  return vreinterpret_s8_s32(vdup_n_s32(quad));
}

// Four rows, each the sum of four lanes.
CK_INLINE int32x4_t row_sums(int16x8_t first_two, int16x8_t last_two) {
  return vpaddq_s32(vpaddlq_s16(first_two), vpaddlq_s16(last_two));
}

// Adds the products of up to TILE_FLUSH_QUADS quads of `vectors` vectors to their totals.
CK_INLINE void add_quads(const uint8_t *codes, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                         int32x4_t totals[][TILE_ROWS / 4]) {
  int16x8_t lanes[TILE_VECTORS][TILE_PARTS];
#pragma unroll
  for (int j = 0; j < vectors; j++) {
#pragma unroll
    for (int part = 0; part < TILE_PARTS; part++) lanes[j][part] = vdupq_n_s16(0);
  }
  for (size_t quad = 0; quad < quads; quad++) {
    int8x8_t x[TILE_VECTORS];
#pragma unroll
    for (int j = 0; j < vectors; j++) x[j] = broadcast_quad(q + (size_t)j * q_stride + 4 * quad);
#pragma unroll
    for (int part = 0; part < TILE_PARTS; part++) {
      const int8x8_t rows = vreinterpret_s8_u8(vld1_u8(codes + quad * TILE_QUAD_BYTES + 8 * part));
#pragma unroll
      for (int j = 0; j < vectors; j++) lanes[j][part] = vmlal_s8(lanes[j][part], rows, x[j]);
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
#pragma unroll
    for (int i = 0; i < TILE_ROWS / 4; i++) {
      totals[j][i] = vaddq_s32(totals[j][i], row_sums(lanes[j][2 * i], lanes[j][2 * i + 1]));
    }
  }
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. The totals stay
// on the stack until the tile is done: sums that lie a power of two apart share few cache lines.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  int32x4_t totals[TILE_VECTORS][TILE_ROWS / 4];
  for (int j = 0; j < vectors; j++) {
    for (int i = 0; i < TILE_ROWS / 4; i++) totals[j][i] = vdupq_n_s32(0);
  }
  for (size_t quad = 0; quad < quads; quad += TILE_FLUSH_QUADS) {
    const size_t count = quads - quad < TILE_FLUSH_QUADS ? quads - quad : TILE_FLUSH_QUADS;
    add_quads(weights->codes + quad * TILE_QUAD_BYTES, count, q + 4 * quad, q_stride, vectors, totals);
  }
  for (int j = 0; j < vectors; j++) {
    for (int i = 0; i < TILE_ROWS / 4; i++) {
      int32_t *out = sums + (size_t)j * stride + 4 * i;
      vst1q_s32(out, vaddq_s32(vld1q_s32(out), totals[j][i]));
    }
  }
}

// Three vectors at a time, but rather 2 + 2 than 3 + 1.
static void multiply_strip(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, size_t vectors,
                           int32_t *sums, size_t stride) {
  while (vectors > 0) {
    const size_t taken = vectors == 4 ? 2 : vectors < TILE_VECTORS ? vectors : TILE_VECTORS;
    switch (taken) {
      case 1: multiply_vectors(weights, quads, q, q_stride, 1, sums, stride); break;
      case 2: multiply_vectors(weights, quads, q, q_stride, 2, sums, stride); break;
      default: multiply_vectors(weights, quads, q, q_stride, TILE_VECTORS, sums, stride); break;
    }
    q += taken * q_stride;
    sums += taken * stride;
    vectors -= taken;
  }
}

#endif
