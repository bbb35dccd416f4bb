// A tile times some vectors with smmla: two rows of eight columns times two vectors, four sums an instruction.
//
// The tile has an order of its own. Eight columns of 16 rows are 128 bytes, two rows after the other two:
//
//     byte 16·(row / 2) + 8·(row mod 2) + i:   the code of column i
//
// An unpack_tile for it stores two quads of the usual order at once, as zipped pairs of rows.

#ifndef CK_TILE_I8MM_INL_H
#define CK_TILE_I8MM_INL_H

#include <arm_neon.h>

#include "target-inl.h"

enum {
  // Three pairs of vectors times eight pairs of rows are 24 accumulators; 16 activations of three pairs of vectors and
  // two rows make 31 registers of 32.
  TILE_VECTORS = 6,
  TILE_ROW_PAIRS = TILE_ROWS / 2,
};

// Sixteen activations of vectors 2·pair and 2·pair + 1: the first eight of both, then the last eight. The last vector
// of an odd number stands for both.
CK_INLINE void load_pair(const int8_t *q, size_t q_stride, int pair, int vectors, int8x16_t x[2]) {
  const int last = 2 * pair + 1 < vectors ? 2 * pair + 1 : 2 * pair;
  const int64x2_t first = vreinterpretq_s64_s8(vld1q_s8(q + (size_t)(2 * pair) * q_stride));
  const int64x2_t second = vreinterpretq_s64_s8(vld1q_s8(q + (size_t)last * q_stride));
  x[0] = vreinterpretq_s8_s64(vzip1q_s64(first, second));
  x[1] = vreinterpretq_s8_s64(vzip2q_s64(first, second));
}

CK_INLINE void add_16(int32_t *sums, const int32x4_t values[4]) {
#pragma unroll
  for (int i = 0; i < 4; i++) vst1q_s32(sums + 4 * i, vaddq_s32(vld1q_s32(sums + 4 * i), values[i]));
}

// Of a pair of vectors, a register holds two sums of one row, then two of the next.
CK_INLINE void add_pair(int32_t *sums, size_t stride, const int32x4_t totals[TILE_ROW_PAIRS], int is_whole) {
  int32x4_t first[4];
  int32x4_t second[4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    first[i] = vuzp1q_s32(totals[2 * i], totals[2 * i + 1]);
    second[i] = vuzp2q_s32(totals[2 * i], totals[2 * i + 1]);
  }
  add_16(sums, first);
  if (is_whole) add_16(sums + stride, second);
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. Four quads at a
// time: the tile has whole blocks of 16 columns, and the activations are zeros where the columns end.
CK_INLINE void multiply_vectors(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                                int32_t *sums, size_t stride) {
  const int pairs = (vectors + 1) / 2;
  int32x4_t totals[TILE_VECTORS / 2][TILE_ROW_PAIRS];
#pragma unroll
  for (int pair = 0; pair < pairs; pair++) {
#pragma unroll
    for (int i = 0; i < TILE_ROW_PAIRS; i++) totals[pair][i] = vdupq_n_s32(0);
  }
  for (size_t quad = 0; quad < quads; quad += 4) {
    const uint8_t *codes = weights->codes + quad * TILE_QUAD_BYTES;
    int8x16_t x[TILE_VECTORS / 2][2];
#pragma unroll
    for (int pair = 0; pair < pairs; pair++) load_pair(q + 4 * quad, q_stride, pair, vectors, x[pair]);
#pragma unroll
    for (int i = 0; i < 2 * TILE_ROW_PAIRS; i++) {
      const int8x16_t rows = vreinterpretq_s8_u8(vld1q_u8(codes + 16 * i));
      const int row = i % TILE_ROW_PAIRS;
#pragma unroll
      for (int pair = 0; pair < pairs; pair++) {
        totals[pair][row] = vmmlaq_s32(totals[pair][row], rows, x[pair][i / TILE_ROW_PAIRS]);
      }
    }
  }
#pragma unroll
  for (int pair = 0; pair < pairs; pair++) {
    add_pair(sums + (size_t)(2 * pair) * stride, stride, totals[pair], 2 * pair + 1 < vectors);
  }
}

#include "tile-strip6-inl.h"

#endif
