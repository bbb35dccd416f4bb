// Unpacks the packing `trit3` into a tile in plain C.

#ifndef CK_TRIT3_TILE_PORTABLE_INL_H
#define CK_TRIT3_TILE_PORTABLE_INL_H

#include "trit3-inl.h"

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 48; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / TRIT3_ROWS * trit3_panel_bytes(k) +
                         column / TRIT3_COLUMNS * TRIT3_BLOCK_BYTES + row % TRIT3_ROWS;
  for (size_t done = 0; done < columns; done += TRIT3_COLUMNS, bytes += TRIT3_BLOCK_BYTES) {
    for (size_t group = 0; group < TRIT3_GROUPS; group++) {
      // The group's three columns are the same byte of three quads.
      uint8_t *codes = out->codes + (done / 4 + group / 4 * 3) * TILE_QUAD_BYTES + group % 4;
      for (size_t i = 0; i < TILE_ROWS; i++) {
        const int index = bytes[group / 2 * TRIT3_ROWS + i] >> (group % 2 * 4) & 15;
        const int number = 13 + (bytes[TRIT3_SIGN_BYTES + i] >> (7 - group) & 1 ? -index : index);
        codes[4 * i] = (uint8_t)(number / 9);
        codes[4 * i + TILE_QUAD_BYTES] = (uint8_t)(number / 3 % 3);
        codes[4 * i + 2 * TILE_QUAD_BYTES] = (uint8_t)(number % 3);
      }
    }
  }
}

#endif
