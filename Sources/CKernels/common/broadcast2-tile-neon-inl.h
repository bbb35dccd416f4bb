// Unpacks the broadcast layout into a tile with NEON: both have the same order, so a field is a shift and a mask.

#ifndef CK_BROADCAST2_TILE_NEON_INL_H
#define CK_BROADCAST2_TILE_NEON_INL_H

#include <arm_neon.h>

#include "broadcast2-inl.h"

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8x16_t low = vdupq_n_u8(3);
  const uint8_t *bytes = weights + row / BROADCAST2_ROWS * broadcast2_panel_bytes(k) +
                         column / BROADCAST2_COLUMNS * BROADCAST2_BLOCK_BYTES;
  const size_t count = broadcast2_blocks(columns) * BROADCAST2_BLOCK_BYTES;
  for (size_t i = 0; i < count; i += 16) {
    const uint8x16_t packed = vld1q_u8(bytes + i);
    uint8_t *fields = out->codes + i / BROADCAST2_BLOCK_BYTES * 4 * TILE_QUAD_BYTES + i % BROADCAST2_BLOCK_BYTES;
    vst1q_u8(fields, vandq_u8(packed, low));
    vst1q_u8(fields + TILE_QUAD_BYTES, vandq_u8(vshrq_n_u8(packed, 2), low));
    vst1q_u8(fields + 2 * TILE_QUAD_BYTES, vandq_u8(vshrq_n_u8(packed, 4), low));
    vst1q_u8(fields + 3 * TILE_QUAD_BYTES, vshrq_n_u8(packed, 6));
  }
}

#endif
