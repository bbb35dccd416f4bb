// The packing `planes2`: two bits per weight in two planes (planes2-inl.h).

#include "CKernels.h"

#include <string.h>

#include "planes2-inl.h"

enum { ZERO_WEIGHTS = 0x0f };  // four of them: 1 + 0

// One row of one block: 16 weights to four bytes, 32 bytes apart.
static void pack_block(const int8_t *weights, uint8_t *first_byte) {
  for (int group = 0; group < PLANES2_GROUPS; group++) {
    unsigned byte = 0;
    for (int bit = 0; bit < 4; bit++) {
      const int8_t weight = weights[group + 4 * bit];
      byte |= (unsigned)(weight >= 0) << bit | (unsigned)(weight > 0) << (4 + bit);
    }
    first_byte[group * PLANES2_ROWS] = (uint8_t)byte;
  }
}

static void pack_row(const int8_t *weights, size_t k, uint8_t *first_byte) {
  const size_t whole = k / PLANES2_COLUMNS;
  for (size_t block = 0; block < whole; block++) {
    pack_block(weights + block * PLANES2_COLUMNS, first_byte + block * PLANES2_BLOCK_BYTES);
  }
  const size_t rest = k % PLANES2_COLUMNS;
  if (rest == 0) return;
  int8_t padded[PLANES2_COLUMNS] = {0};
  memcpy(padded, weights + whole * PLANES2_COLUMNS, rest);
  pack_block(padded, first_byte + whole * PLANES2_BLOCK_BYTES);
}

static void pack_panel(const int8_t *weights, size_t stride, size_t rows, size_t k, uint8_t *panel) {
  if (rows < PLANES2_ROWS) memset(panel, ZERO_WEIGHTS, planes2_panel_bytes(k));
  for (size_t row = 0; row < rows; row++) pack_row(weights + row * stride, k, panel + row);
}

static void unpack_panel(const uint8_t *panel, size_t rows, size_t k, int8_t *weights, size_t stride) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < k; column++) {
      const uint8_t *bytes = panel + column / PLANES2_COLUMNS * PLANES2_BLOCK_BYTES + row;
      const uint8_t byte = bytes[column % 4 * PLANES2_ROWS];
      const size_t bit = column % PLANES2_COLUMNS / 4;
      weights[row * stride + column] = (int8_t)((byte >> bit & 1) + (byte >> (4 + bit) & 1) - 1);
    }
  }
}

static const ck_packing planes2_packing = {
    .name = "planes2",
    .summary = "two bits per weight in two planes, four columns to an index, in panels of 32 rows, for table lookups",
    .bits_per_weight = 2,
    .row_block = PLANES2_ROWS,
    .column_block = PLANES2_COLUMNS,
    .panel_bytes = planes2_panel_bytes,
    .pack_panel = pack_panel,
    .unpack_panel = unpack_panel,
};
CK_REGISTER_PACKING(planes2_packing);
