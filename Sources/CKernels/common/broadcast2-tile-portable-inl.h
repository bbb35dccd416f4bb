// Unpacks the broadcast layout into a tile in plain C.

#ifndef CK_BROADCAST2_TILE_PORTABLE_INL_H
#define CK_BROADCAST2_TILE_PORTABLE_INL_H

#include "broadcast2-inl.h"

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *lines = weights + row / BROADCAST2_ROWS * broadcast2_panel_bytes(k) +
                         column / BROADCAST2_COLUMNS * BROADCAST2_BLOCK_BYTES;
  for (size_t block = 0; block < broadcast2_blocks(columns); block++) {
    for (int field = 0; field < 4; field++) {
      uint8_t *codes = out->codes + (4 * block + (size_t)field) * TILE_QUAD_BYTES;
      const uint8_t *bytes = lines + block * BROADCAST2_BLOCK_BYTES;
      for (int i = 0; i < TILE_QUAD_BYTES; i++) codes[i] = bytes[i] >> (2 * field) & 3;
    }
  }
}

#endif
