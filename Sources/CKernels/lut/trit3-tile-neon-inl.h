// Unpacks the packing `trit3` into a tile with NEON.

#ifndef CK_TRIT3_TILE_NEON_INL_H
#define CK_TRIT3_TILE_NEON_INL_H

#include <arm_neon.h>

#include "../common/target-inl.h"
#include "trit3-inl.h"

// One group of 16 rows, a byte each: the index, and bit 4 is the sign of group `group`.
CK_INLINE uint8x16_t signed_indices(uint8x16_t indices, uint8x16_t signs, int group) {
  const uint8x16_t sign = vandq_u8(vshlq_u8(signs, vdupq_n_s8((int8_t)(group - 3))), vdupq_n_u8(16));
  return vorrq_u8(indices, sign);
}

// The codes of one column of each of four groups, for 16 rows.
CK_INLINE void store_quad(uint8_t *codes, const uint8x16_t groups[4], const uint8_t digits[32]) {
  const uint8x16x2_t table = {{vld1q_u8(digits), vld1q_u8(digits + 16)}};
#pragma unroll
  for (int i = 0; i < 4; i++) vst1q_u8(codes + 16 * i, vqtbl2q_u8(table, groups[i]));
}

// Twelve columns of 16 rows, half of a block whose first group is `first`, to three quads.
CK_INLINE void unpack_half(const uint8_t *bytes, uint8x16_t signs, int first, uint8_t *codes) {
  // The digits of the numbers 0–13 in balanced ternary, plus one; then those of the numbers less than zero.
  static const uint8_t digits[3][32] = {
      {1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1},
      {1, 1, 2, 2, 2, 0, 0, 0, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 1},
      {1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 1, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1},
  };
  const uint8x16_t nibble = vdupq_n_u8(15);
  const uint8x16_t pair0 = vld1q_u8(bytes);
  const uint8x16_t pair1 = vld1q_u8(bytes + TRIT3_ROWS);
  const uint8x16_t group0 = signed_indices(vandq_u8(pair0, nibble), signs, first);
  const uint8x16_t group1 = signed_indices(vshrq_n_u8(pair0, 4), signs, first + 1);
  const uint8x16_t group2 = signed_indices(vandq_u8(pair1, nibble), signs, first + 2);
  const uint8x16_t group3 = signed_indices(vshrq_n_u8(pair1, 4), signs, first + 3);
  // A stored byte of each group for every row: interleaving puts them next to each other.
  const uint16x8x2_t left = {{vreinterpretq_u16_u8(vzip1q_u8(group0, group1)),
                              vreinterpretq_u16_u8(vzip2q_u8(group0, group1))}};
  const uint16x8x2_t right = {{vreinterpretq_u16_u8(vzip1q_u8(group2, group3)),
                               vreinterpretq_u16_u8(vzip2q_u8(group2, group3))}};
  const uint8x16_t groups[4] = {vreinterpretq_u8_u16(vzip1q_u16(left.val[0], right.val[0])),
                                vreinterpretq_u8_u16(vzip2q_u16(left.val[0], right.val[0])),
                                vreinterpretq_u8_u16(vzip1q_u16(left.val[1], right.val[1])),
                                vreinterpretq_u8_u16(vzip2q_u16(left.val[1], right.val[1]))};
#pragma unroll
  for (int i = 0; i < 3; i++) store_quad(codes + i * TILE_QUAD_BYTES, groups, digits[i]);
}

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 48; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / TRIT3_ROWS * trit3_panel_bytes(k) +
                         column / TRIT3_COLUMNS * TRIT3_BLOCK_BYTES + row % TRIT3_ROWS;
  uint8_t *codes = out->codes;
  for (size_t done = 0; done < columns; done += TRIT3_COLUMNS) {
    const uint8x16_t signs = vld1q_u8(bytes + TRIT3_SIGN_BYTES);
    unpack_half(bytes, signs, 0, codes);
    unpack_half(bytes + 2 * TRIT3_ROWS, signs, 4, codes + 3 * TILE_QUAD_BYTES);
    bytes += TRIT3_BLOCK_BYTES;
    codes += 6 * TILE_QUAD_BYTES;
  }
}

#endif
