// The packing `escape5`: five weights to a byte (common/escape5-inl.h).

#include "CKernels.h"

#include <string.h>

#include "../common/escape5-inl.h"

static uint8_t encode(const int8_t t[ESCAPE5_GROUP]) {
  const int u = 3 * t[0] + t[1];
  const int v = 9 * t[2] + 3 * t[3] + t[4];
  const int m = v < 0 ? -v : v;
  const int low = u == 0 ? (ESCAPE5_FIRST_ESCAPE + m / 8) << 3 | m % 8 : m << 3 | (u < 0 ? u + 4 : u + 3);
  return (uint8_t)((v < 0) << 7 | low);
}

static void pack_row(const int8_t *weights, size_t k, uint8_t *first_byte) {
  const size_t whole = k / ESCAPE5_GROUP;
  for (size_t group = 0; group < whole; group++) {
    first_byte[group * ESCAPE5_ROWS] = encode(weights + group * ESCAPE5_GROUP);
  }
  const size_t rest = k % ESCAPE5_GROUP;
  if (rest == 0) return;
  int8_t padded[ESCAPE5_GROUP] = {0};
  memcpy(padded, weights + whole * ESCAPE5_GROUP, rest);
  first_byte[whole * ESCAPE5_ROWS] = encode(padded);
}

static void pack_panel(const int8_t *weights, size_t stride, size_t rows, size_t k, uint8_t *panel) {
  const size_t bytes = escape5_panel_bytes(k);
  const size_t padded_from = rows < ESCAPE5_ROWS ? 0 : bytes - ESCAPE5_BLOCK_BYTES;
  memset(panel + padded_from, ESCAPE5_ZEROS, bytes - padded_from);
  for (size_t row = 0; row < rows; row++) pack_row(weights + row * stride, k, panel + row);
}

static void unpack_panel(const uint8_t *panel, size_t rows, size_t k, int8_t *weights, size_t stride) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < k; column += ESCAPE5_GROUP) {
      int8_t group[ESCAPE5_GROUP];
      escape5_decode(panel[column / ESCAPE5_GROUP * ESCAPE5_ROWS + row], group);
      const size_t left = k - column;
      memcpy(weights + row * stride + column, group, left < ESCAPE5_GROUP ? left : ESCAPE5_GROUP);
    }
  }
}

static const ck_packing escape5_packing = {
    .name = "escape5",
    .summary = "five weights a byte in panels of 32 rows: nibbles for a pair and a triple, the rarest escaped",
    .bits_per_weight = 1.6,
    .row_block = ESCAPE5_ROWS,
    .column_block = ESCAPE5_COLUMNS,
    .panel_bytes = escape5_panel_bytes,
    .pack_panel = pack_panel,
    .unpack_panel = unpack_panel,
};
CK_REGISTER_PACKING(escape5_packing);
