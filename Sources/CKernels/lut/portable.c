// `lut` without intrinsics: one load from a table for three weights of a row.

#include "CKernels.h"

#include <string.h>

#include "trit3-inl.h"

enum { TABLE_ENTRIES = 16 };

// The sums of one group of columns: entry i is that of the weights whose number is i.
typedef struct {
  int16_t sums[TABLE_ENTRIES];
} table;

static size_t prepared_bytes(size_t k, size_t m) {
  (void)m;  // lookups outrun a tile in plain C at every batch
  return trit3_blocks(k) * TRIT3_GROUPS * sizeof(table);
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  table *tables = prepared;
  memset(tables, 0, prepared_bytes(k, m));
  for (size_t i = 0; i < trit3_blocks(k) * TRIT3_GROUPS; i++) {
    const size_t column = i / TRIT3_GROUPS * TRIT3_COLUMNS + trit3_column(i % TRIT3_GROUPS);
    const int first = column < k ? q[column] : 0;
    const int second = column + 4 < k ? q[column + 4] : 0;
    const int third = column + 8 < k ? q[column + 8] : 0;
    for (int number = 0; number <= 13; number++) {
      const int code = number + 13;  // 9·(w + 1) + 3·(x + 1) + (y + 1)
      const int sum = (code / 9 - 1) * first + (code / 3 % 3 - 1) * second + (code % 3 - 1) * third;
      tables[i].sums[number] = (int16_t)sum;
    }
  }
}

static void multiply_panel(const uint8_t *panel, size_t blocks, const table *tables, int32_t *sums) {
  memset(sums, 0, TRIT3_ROWS * sizeof *sums);
  for (size_t block = 0; block < blocks; block++) {
    const uint8_t *bytes = panel + block * TRIT3_BLOCK_BYTES;
    const table *x = tables + block * TRIT3_GROUPS;
    for (int row = 0; row < TRIT3_ROWS; row++) {
      int32_t sum = 0;
      for (int group = 0; group < TRIT3_GROUPS; group++) {
        const int index = bytes[group / 2 * TRIT3_ROWS + row] >> (group % 2 * 4) & 15;
        const int negative = -(bytes[TRIT3_SIGN_BYTES + row] >> (7 - group) & 1);
        sum += (x[group].sums[index] ^ negative) - negative;
      }
      sums[row] += sum;
    }
  }
}

// One panel meets every vector while it is in the cache.
static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  for (size_t row = row_begin; row < row_end; row += TRIT3_ROWS) {
    const uint8_t *panel = weights + row / TRIT3_ROWS * trit3_panel_bytes(k);
    for (size_t j = 0; j < m; j++) {
      const void *tables = (const uint8_t *)prepared + j * prepared_bytes(k, m);
      multiply_panel(panel, trit3_blocks(k), tables, sums + j * stride + row);
    }
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  gemm(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

static const ck_kernel lut_portable = {
    .name = "lut",
    .isa = "portable",
    .packing = "trit3",
    .summary = "three weights per lookup, in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut_portable);
