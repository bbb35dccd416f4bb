// Every packing gives back what it was given, and writes no more than its panel.

#include "contract.h"

#include <stdlib.h>
#include <string.h>

enum { FOREIGN = 99 };

static bool round_trip(const ck_packing *packing, size_t rows, size_t k) {
  const size_t stride = k + 5;
  const size_t bytes = packing->panel_bytes(k);
  REQUIRE(bytes % 64 == 0, "a panel of %zu columns has %zu bytes, no multiple of 64", k, bytes);
  // The last row ends with its columns: what lies between rows belongs to nobody.
  const size_t count = (rows - 1) * stride + k;
  int8_t *weights = new_memory(count);
  int8_t *unpacked = new_memory(count);
  uint8_t *panel = new_guarded(bytes);
  uint64_t state = 7 + k;
  for (size_t i = 0; i < count; i++) {
    weights[i] = (int8_t)(i % stride < k ? (int)(next_random(&state) % 3) - 1 : FOREIGN);
  }
  memset(unpacked, FOREIGN, count);
  packing->pack_panel(weights, stride, rows, k, panel);
  packing->unpack_panel(panel, rows, k, unpacked, stride);
  const bool same = memcmp(weights, unpacked, count) == 0;
  const bool intact = is_guard_intact(panel, bytes);
  free(weights);
  free(unpacked);
  free(panel);
  REQUIRE(same, "%zu x %zu weights come back changed", rows, k);
  REQUIRE(intact, "packing %zu x %zu writes past the panel", rows, k);
  return true;
}

bool check_packing(const ck_packing *packing) {
  static const size_t columns[] = {1, 3, 15, 16, 17, 31, 48, 64, 96, 100, 127, 128, 129, 1025, 2560};
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    for (size_t rows = 1; rows <= packing->row_block; rows++) {
      if (!round_trip(packing, rows, columns[i])) return false;
    }
  }
  return true;
}
