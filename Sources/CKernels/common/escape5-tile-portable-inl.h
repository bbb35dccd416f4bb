// Unpacks the packing `escape5` into a tile in plain C.

#ifndef CK_ESCAPE5_TILE_PORTABLE_INL_H
#define CK_ESCAPE5_TILE_PORTABLE_INL_H

#include "escape5-inl.h"

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of ten; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / ESCAPE5_ROWS * escape5_panel_bytes(k) +
                         column / ESCAPE5_GROUP * ESCAPE5_ROWS + row % ESCAPE5_ROWS;
  for (size_t group = 0; group < escape5_groups(columns); group++) {
    for (size_t r = 0; r < TILE_ROWS; r++) {
      int8_t values[ESCAPE5_GROUP];
      escape5_decode(bytes[group * ESCAPE5_ROWS + r], values);
      for (size_t i = 0; i < ESCAPE5_GROUP; i++) {
        const size_t tile_column = group * ESCAPE5_GROUP + i;
        out->codes[tile_column / 4 * TILE_QUAD_BYTES + 4 * r + tile_column % 4] = (uint8_t)(values[i] + 1);
      }
    }
  }
}

#endif
