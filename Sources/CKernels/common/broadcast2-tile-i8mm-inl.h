// Unpacks the broadcast layout into a tile in the order of tile-i8mm-inl.h: fields are a shift and a mask, and two of
// them are zipped into pairs of rows as they are stored.

#ifndef CK_BROADCAST2_TILE_I8MM_INL_H
#define CK_BROADCAST2_TILE_I8MM_INL_H

#include <arm_neon.h>

#include "broadcast2-inl.h"

// Four rows of two quads, columns 0–3 and 4–7: the first row's eight columns, then the next's.
static inline void store_zipped(uint8_t *pairs, uint8x16_t quad, uint8x16_t next_quad) {
  const uint32x4x2_t both = {{vreinterpretq_u32_u8(quad), vreinterpretq_u32_u8(next_quad)}};
  vst2q_u32((uint32_t *)pairs, both);
}

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8x16_t low = vdupq_n_u8(3);
  const uint8_t *bytes = weights + row / BROADCAST2_ROWS * broadcast2_panel_bytes(k) +
                         column / BROADCAST2_COLUMNS * BROADCAST2_BLOCK_BYTES;
  for (size_t block = 0; block < broadcast2_blocks(columns); block++) {
    uint8_t *codes = out->codes + block * 4 * TILE_QUAD_BYTES;
    for (size_t rows = 0; rows < BROADCAST2_ROWS; rows += 4) {
      const uint8x16_t packed = vld1q_u8(bytes + block * BROADCAST2_BLOCK_BYTES + 4 * rows);
      store_zipped(codes + 8 * rows, vandq_u8(packed, low), vandq_u8(vshrq_n_u8(packed, 2), low));
      store_zipped(codes + 2 * TILE_QUAD_BYTES + 8 * rows, vandq_u8(vshrq_n_u8(packed, 4), low),
                   vshrq_n_u8(packed, 6));
    }
  }
}

#endif
