// A tile times some vectors with NEON alone: smlal, eight products of bytes added to int16 accumulators that stay in
// registers.

#ifndef CK_TILE_NEON_INL_H
#define CK_TILE_NEON_INL_H

#include <arm_neon.h>
#include <string.h>

#include "target-inl.h"

enum {
  // Three vectors times 16 rows are 24 accumulators; three broadcasts and the weights of four rows make 28 registers
  // of 32.
  TILE_VECTORS = 3,
  // Four rows of a quad are 16 bytes, whose products fill two registers of int16.
  TILE_PARTS = TILE_ROWS / 4,
  // A quad adds one product to a lane, at most 2·128: after 128 of them −32768 fits, and so does 32512.
  TILE_FLUSH_QUADS = 128,
};

CK_INLINE int8x16_t broadcast_quad(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, sizeof quad);
  return vreinterpretq_s8_s32(vdupq_n_s32(quad));
}

// Four rows, each the sum of four lanes; `low` holds the first two rows.
CK_INLINE int32x4_t row_sums(int16x8_t low, int16x8_t high) {
  return vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high));
}

// Adds the products of up to TILE_FLUSH_QUADS quads of `vectors` vectors to their totals.
CK_INLINE void add_quads(const uint8_t *codes, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                         int32x4_t totals[][TILE_PARTS]) {
  int16x8_t lanes[TILE_VECTORS][TILE_PARTS][2];
#pragma unroll
  for (int j = 0; j < vectors; j++) {
#pragma unroll
    for (int part = 0; part < TILE_PARTS; part++) lanes[j][part][0] = lanes[j][part][1] = vdupq_n_s16(0);
  }
  for (size_t quad = 0; quad < quads; quad++) {
    int8x16_t x[TILE_VECTORS];
#pragma unroll
    for (int j = 0; j < vectors; j++) x[j] = broadcast_quad(q + (size_t)j * q_stride + 4 * quad);
#pragma unroll
    for (int part = 0; part < TILE_PARTS; part++) {
      const int8x16_t rows = vreinterpretq_s8_u8(vld1q_u8(codes + quad * TILE_QUAD_BYTES + 16 * part));
#pragma unroll
      for (int j = 0; j < vectors; j++) {
        lanes[j][part][0] = vmlal_s8(lanes[j][part][0], vget_low_s8(rows), vget_low_s8(x[j]));
        lanes[j][part][1] = vmlal_high_s8(lanes[j][part][1], rows, x[j]);
      }
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
#pragma unroll
    for (int part = 0; part < TILE_PARTS; part++) {
      totals[j][part] = vaddq_s32(totals[j][part], row_sums(lanes[j][part][0], lanes[j][part][1]));
    }
  }
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. The totals stay
// on the stack until the tile is done: sums that lie a power of two apart share few cache lines.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  int32x4_t totals[TILE_VECTORS][TILE_PARTS];
  for (int j = 0; j < vectors; j++) {
    for (int part = 0; part < TILE_PARTS; part++) totals[j][part] = vdupq_n_s32(0);
  }
  for (size_t quad = 0; quad < quads; quad += TILE_FLUSH_QUADS) {
    const size_t count = quads - quad < TILE_FLUSH_QUADS ? quads - quad : TILE_FLUSH_QUADS;
    add_quads(weights->codes + quad * TILE_QUAD_BYTES, count, q + 4 * quad, q_stride, vectors, totals);
  }
  for (int j = 0; j < vectors; j++) {
    for (int part = 0; part < TILE_PARTS; part++) {
      int32_t *out = sums + (size_t)j * stride + 4 * part;
      vst1q_s32(out, vaddq_s32(vld1q_s32(out), totals[j][part]));
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
