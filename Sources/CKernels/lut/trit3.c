// The packing `trit3`: three weights in five bits, an index and a sign (trit3-inl.h).

#include "CKernels.h"

#include <string.h>

#include "trit3-inl.h"

// One row of one block: 24 weights to four bytes of indices and one of signs, each 32 bytes apart.
static void pack_block(const int8_t *weights, uint8_t *first_byte) {
  uint8_t signs = 0;
  for (size_t group = 0; group < TRIT3_GROUPS; group++) {
    const int8_t *w = weights + trit3_column(group);
    const int number = 9 * w[0] + 3 * w[4] + w[8];
    const int index = number < 0 ? -number : number;
    uint8_t *byte = first_byte + group / 2 * TRIT3_ROWS;
    *byte = (uint8_t)(group % 2 == 0 ? index : *byte | index << 4);
    signs |= (uint8_t)((number < 0) << (7 - group));
  }
  first_byte[TRIT3_SIGN_BYTES] = signs;
}

static void pack_row(const int8_t *weights, size_t k, uint8_t *first_byte) {
  for (size_t block = 0; block < trit3_blocks(k); block++) {
    const size_t column = block * TRIT3_COLUMNS;
    uint8_t *out = first_byte + block * TRIT3_BLOCK_BYTES;
    if (column + TRIT3_COLUMNS <= k) {
      pack_block(weights + column, out);
    } else {
      int8_t padded[TRIT3_COLUMNS] = {0};
      if (column < k) memcpy(padded, weights + column, k - column);
      pack_block(padded, out);
    }
  }
}

static void pack_panel(const int8_t *weights, size_t stride, size_t rows, size_t k, uint8_t *panel) {
  if (rows < TRIT3_ROWS) memset(panel, 0, trit3_panel_bytes(k));
  for (size_t row = 0; row < rows; row++) pack_row(weights + row * stride, k, panel + row);
}

// The digits of a number in balanced ternary, most significant first: the inverse of 9·w + 3·x + y.
static void digits_of(int number, int8_t digits[3]) {
  const int code = number + 13;  // 9·(w + 1) + 3·(x + 1) + (y + 1)
  digits[0] = (int8_t)(code / 9 - 1);
  digits[1] = (int8_t)(code / 3 % 3 - 1);
  digits[2] = (int8_t)(code % 3 - 1);
}

static void unpack_panel(const uint8_t *panel, size_t rows, size_t k, int8_t *weights, size_t stride) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < k; column++) {
      const uint8_t *bytes = panel + column / TRIT3_COLUMNS * TRIT3_BLOCK_BYTES + row;
      const size_t within = column % TRIT3_COLUMNS;
      const size_t group = within / 12 * 4 + within % 4;
      const int index = bytes[group / 2 * TRIT3_ROWS] >> (group % 2 * 4) & 15;
      const int negative = bytes[TRIT3_SIGN_BYTES] >> (7 - group) & 1;
      int8_t digits[3];
      digits_of(negative ? -index : index, digits);
      weights[row * stride + column] = digits[within % 12 / 4];
    }
  }
}

static const ck_packing trit3_packing = {
    .name = "trit3",
    .summary = "three weights in a sign and an index of four bits, in panels of 32 rows, for table lookups",
    .bits_per_weight = 5.0 / 3.0,
    .row_block = TRIT3_ROWS,
    .column_block = TRIT3_PAIR_COLUMNS,
    .panel_bytes = trit3_panel_bytes,
    .pack_panel = pack_panel,
    .unpack_panel = unpack_panel,
};
CK_REGISTER_PACKING(trit3_packing);
