// The packing `broadcast2`: two bits per weight, laid out for broadcast activations (common/broadcast2-inl.h).

#include "CKernels.h"

#include <string.h>

#include "../common/broadcast2-inl.h"

// Four weights in {−1, 0, +1} to four codes in {0, 1, 2}: plus one in every byte, no carry into the next.
static inline uint32_t codes_of(uint32_t weights) {
  return ((weights & 0x7f7f7f7fu) + 0x01010101u) ^ (weights & 0x80808080u);
}

// The 16 weights of one row and block: four bytes, field f of byte i is the code of column 4·f + i.
static inline uint32_t pack_block(const int8_t *weights) {
  uint32_t quads[4];
  memcpy(quads, weights, sizeof quads);
  return codes_of(quads[0]) | codes_of(quads[1]) << 2 | codes_of(quads[2]) << 4 | codes_of(quads[3]) << 6;
}

static void pack_row(const int8_t *weights, size_t k, uint8_t *first_byte) {
  const size_t whole = k / BROADCAST2_COLUMNS;
  for (size_t block = 0; block < whole; block++) {
    const uint32_t packed = pack_block(weights + block * BROADCAST2_COLUMNS);
    memcpy(first_byte + block * BROADCAST2_BLOCK_BYTES, &packed, 4);
  }
  const size_t rest = k % BROADCAST2_COLUMNS;
  if (rest == 0) return;
  int8_t padded[BROADCAST2_COLUMNS] = {0};
  memcpy(padded, weights + whole * BROADCAST2_COLUMNS, rest);
  const uint32_t packed = pack_block(padded);
  memcpy(first_byte + whole * BROADCAST2_BLOCK_BYTES, &packed, 4);
}

static void pack_panel(const int8_t *weights, size_t stride, size_t rows, size_t k, uint8_t *panel) {
  if (rows < BROADCAST2_ROWS) memset(panel, 0x55, broadcast2_panel_bytes(k));  // code 1 in every field
  for (size_t row = 0; row < rows; row++) pack_row(weights + row * stride, k, panel + 4 * row);
}

static void unpack_panel(const uint8_t *panel, size_t rows, size_t k, int8_t *weights, size_t stride) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < k; column++) {
      const uint8_t *block = panel + column / BROADCAST2_COLUMNS * BROADCAST2_BLOCK_BYTES;
      const size_t field = column % BROADCAST2_COLUMNS / 4;
      const uint8_t byte = block[4 * row + column % 4];
      weights[row * stride + column] = (int8_t)((byte >> (2 * field) & 3) - 1);
    }
  }
}

static const ck_packing broadcast2_packing = {
    .name = "broadcast2",
    .summary = "two bits per weight in panels of 16 rows, four columns to a byte, for broadcast activations",
    .bits_per_weight = 2,
    .row_block = BROADCAST2_ROWS,
    .column_block = BROADCAST2_COLUMNS,
    .panel_bytes = broadcast2_panel_bytes,
    .pack_panel = pack_panel,
    .unpack_panel = unpack_panel,
};
CK_REGISTER_PACKING(broadcast2_packing);
