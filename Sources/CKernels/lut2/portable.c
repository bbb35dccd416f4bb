// `lut2` without intrinsics: one load from a table for four columns of one plane of a row.

#include "CKernels.h"

#include <string.h>

#include "planes2-inl.h"

enum { TABLE_ENTRIES = 16 };

// The sums of one group of columns: entry i is that of the columns whose bits are set in i.
typedef struct {
  int16_t sums[TABLE_ENTRIES];
} table;

// One vector of activations; `sum` is that of all of them, and takes a whole line.
typedef struct {
  int32_t sum;
  uint8_t unused[60];
  table tables[];
} tables_of_vector;

static size_t prepared_bytes(size_t k, size_t m) {
  (void)m;  // lookups outrun a tile in plain C at every batch
  return sizeof(tables_of_vector) + planes2_blocks(k) * PLANES2_GROUPS * sizeof(table);
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  tables_of_vector *out = prepared;
  memset(out, 0, prepared_bytes(k, m));
  for (size_t column = 0; column < k; column++) {
    out->sum += q[column];
    int16_t *sums = out->tables[column / PLANES2_COLUMNS * PLANES2_GROUPS + column % 4].sums;
    const int bit = (int)(column % PLANES2_COLUMNS / 4);
    for (int entry = 0; entry < TABLE_ENTRIES; entry++) {
      if (entry >> bit & 1) sums[entry] = (int16_t)(sums[entry] + q[column]);
    }
  }
}

// Sums are unsigned until the last step: codes may pass 2³¹ on the way where the weights' own sum does not.
static void multiply_panel(const uint8_t *panel, size_t blocks, const tables_of_vector *x, int32_t *out) {
  uint32_t sums[PLANES2_ROWS] = {0};
  for (size_t block = 0; block < blocks; block++) {
    const uint8_t *bytes = panel + block * PLANES2_BLOCK_BYTES;
    const table *tables = x->tables + block * PLANES2_GROUPS;
    for (int row = 0; row < PLANES2_ROWS; row++) {
      int32_t sum = 0;
      for (int group = 0; group < PLANES2_GROUPS; group++) {
        const uint8_t byte = bytes[group * PLANES2_ROWS + row];
        sum += tables[group].sums[byte & 15] + tables[group].sums[byte >> 4];
      }
      sums[row] += (uint32_t)sum;
    }
  }
  for (int row = 0; row < PLANES2_ROWS; row++) out[row] = (int32_t)(sums[row] - (uint32_t)x->sum);
}

// One panel meets every vector while it is in the cache.
static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  for (size_t row = row_begin; row < row_end; row += PLANES2_ROWS) {
    const uint8_t *panel = weights + row / PLANES2_ROWS * planes2_panel_bytes(k);
    for (size_t j = 0; j < m; j++) {
      const void *x = (const uint8_t *)prepared + j * prepared_bytes(k, m);
      multiply_panel(panel, planes2_blocks(k), x, sums + j * stride + row);
    }
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  gemm(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

static const ck_kernel lut2_portable = {
    .name = "lut2",
    .isa = "portable",
    .packing = "planes2",
    .summary = "two weights per lookup, in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut2_portable);
