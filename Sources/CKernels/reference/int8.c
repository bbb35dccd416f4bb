// The packing `int8`: one byte per weight, row after row. Nothing to decode, so nothing to get wrong.

#include "CKernels.h"

#include <string.h>

#include "../common/align-inl.h"

static size_t panel_bytes(size_t k) { return ck_round_up(k, 64); }

static void pack_panel(const int8_t *weights, size_t stride, size_t rows, size_t k, uint8_t *panel) {
  memset(panel, 0, panel_bytes(k));
  if (rows > 0) memcpy(panel, weights, k);
  (void)stride;  // A panel is one row.
}

static void unpack_panel(const uint8_t *panel, size_t rows, size_t k, int8_t *weights, size_t stride) {
  if (rows > 0) memcpy(weights, panel, k);
  (void)stride;
}

static const ck_packing int8_packing = {
    .name = "int8",
    .summary = "one byte per weight, row after row",
    .bits_per_weight = 8,
    .row_block = 1,
    .column_block = 64,
    .panel_bytes = panel_bytes,
    .pack_panel = pack_panel,
    .unpack_panel = unpack_panel,
};
CK_REGISTER_PACKING(int8_packing);
