// Unpacks the packing `planes2` into a tile with NEON.

#ifndef CK_PLANES2_TILE_NEON_INL_H
#define CK_PLANES2_TILE_NEON_INL_H

#include <arm_neon.h>

#include "../common/target-inl.h"
#include "planes2-inl.h"

// Four groups of four rows, a byte each in the order of a quad, to their parts of four quads.
CK_INLINE void unpack_groups(uint8x16_t groups, uint8_t *codes) {
  // Each bit of an index at every other bit of a byte: the sum of two planes is four codes of two bits.
  static const uint8_t spread_bits[16] = {0, 1, 4, 5, 16, 17, 20, 21, 64, 65, 68, 69, 80, 81, 84, 85};
  const uint8x16_t spread = vld1q_u8(spread_bits);
  const uint8x16_t code = vdupq_n_u8(3);
  const uint8x16_t first = vqtbl1q_u8(spread, vandq_u8(groups, vdupq_n_u8(15)));
  const uint8x16_t packed = vaddq_u8(first, vqtbl1q_u8(spread, vshrq_n_u8(groups, 4)));
  vst1q_u8(codes, vandq_u8(packed, code));
  vst1q_u8(codes + TILE_QUAD_BYTES, vandq_u8(vshrq_n_u8(packed, 2), code));
  vst1q_u8(codes + 2 * TILE_QUAD_BYTES, vandq_u8(vshrq_n_u8(packed, 4), code));
  vst1q_u8(codes + 3 * TILE_QUAD_BYTES, vshrq_n_u8(packed, 6));
}

// Sixteen columns of 16 rows, the block at `bytes`, to four quads.
CK_INLINE void unpack_block(const uint8_t *bytes, uint8_t *codes) {
  const uint8x16_t group0 = vld1q_u8(bytes), group1 = vld1q_u8(bytes + PLANES2_ROWS);
  const uint8x16_t group2 = vld1q_u8(bytes + 2 * PLANES2_ROWS), group3 = vld1q_u8(bytes + 3 * PLANES2_ROWS);
  const uint16x8_t left0 = vreinterpretq_u16_u8(vzip1q_u8(group0, group1));
  const uint16x8_t left1 = vreinterpretq_u16_u8(vzip2q_u8(group0, group1));
  const uint16x8_t right0 = vreinterpretq_u16_u8(vzip1q_u8(group2, group3));
  const uint16x8_t right1 = vreinterpretq_u16_u8(vzip2q_u8(group2, group3));
  unpack_groups(vreinterpretq_u8_u16(vzip1q_u16(left0, right0)), codes);
  unpack_groups(vreinterpretq_u8_u16(vzip2q_u16(left0, right0)), codes + 16);
  unpack_groups(vreinterpretq_u8_u16(vzip1q_u16(left1, right1)), codes + 32);
  unpack_groups(vreinterpretq_u8_u16(vzip2q_u16(left1, right1)), codes + 48);
}

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / PLANES2_ROWS * planes2_panel_bytes(k) +
                         column / PLANES2_COLUMNS * PLANES2_BLOCK_BYTES + row % PLANES2_ROWS;
  for (size_t block = 0; block < planes2_blocks(columns); block++) {
    unpack_block(bytes + block * PLANES2_BLOCK_BYTES, out->codes + block * 4 * TILE_QUAD_BYTES);
  }
}

#endif
