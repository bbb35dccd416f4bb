// Unpacks the packing `planes2` into a tile in plain C.

#ifndef CK_PLANES2_TILE_PORTABLE_INL_H
#define CK_PLANES2_TILE_PORTABLE_INL_H

#include "planes2-inl.h"

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / PLANES2_ROWS * planes2_panel_bytes(k) +
                         column / PLANES2_COLUMNS * PLANES2_BLOCK_BYTES + row % PLANES2_ROWS;
  for (size_t block = 0; block < planes2_blocks(columns); block++, bytes += PLANES2_BLOCK_BYTES) {
    for (size_t bit = 0; bit < 4; bit++) {
      uint8_t *codes = out->codes + (4 * block + bit) * TILE_QUAD_BYTES;
      for (size_t i = 0; i < TILE_QUAD_BYTES; i++) {
        const uint8_t byte = bytes[i % 4 * PLANES2_ROWS + i / 4];
        codes[i] = (uint8_t)((byte >> bit & 1) + (byte >> (4 + bit) & 1));
      }
    }
  }
}

#endif
