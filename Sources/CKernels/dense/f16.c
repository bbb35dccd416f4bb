// The packing `f16`: one half float per weight, the dense baseline that ternary kernels are compared with.

#include "CKernels.h"

#include <string.h>

#include "../common/rows-f16-inl.h"

// −1.0, 0.0 and +1.0 as IEEE 754 halves: 0xbc00, 0 and 0x3c00.
static inline uint16_t half_of(int8_t weight) {
  return (uint16_t)((weight != 0 ? 0x3c00 : 0) | (weight < 0 ? 0x8000 : 0));
}

// rows ≤ 1: a panel is one row, so the stride is never used.
static void pack_panel(const int8_t *weights, size_t stride, size_t rows, size_t k, uint8_t *panel) {
  (void)stride;
  uint16_t *out = (uint16_t *)panel;
  const size_t filled = rows > 0 ? k : 0;
  for (size_t column = 0; column < filled; column++) out[column] = half_of(weights[column]);
  memset(out + filled, 0, (rows_f16_columns(k) - filled) * sizeof(uint16_t));
}

static void unpack_panel(const uint8_t *panel, size_t rows, size_t k, int8_t *weights, size_t stride) {
  (void)stride;
  const uint16_t *halves = (const uint16_t *)panel;
  for (size_t column = 0; column < k * rows; column++) {
    weights[column] = (int8_t)(halves[column] == 0 ? 0 : halves[column] >> 15 ? -1 : 1);
  }
}

static const ck_packing f16_packing = {
    .name = "f16",
    .summary = "one half float per weight, row after row: the dense baseline",
    .bits_per_weight = 16,
    .row_block = 1,
    .column_block = ROWS_F16_COLUMNS,
    .panel_bytes = rows_f16_panel_bytes,
    .pack_panel = pack_panel,
    .unpack_panel = unpack_panel,
};
CK_REGISTER_PACKING(f16_packing);
