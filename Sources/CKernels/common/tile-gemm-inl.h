// Batches through tiles: the loops around unpack_tile and multiply_strip (tile-inl.h says what to include before).

#ifndef CK_TILE_GEMM_INL_H
#define CK_TILE_GEMM_INL_H

#include "activations-inl.h"

enum {
  // Activations of one strip: 128 KiB at 1024 columns, a quarter of a 512 KiB second-level cache.
  TILE_STRIP_VECTORS = 128,
};

// Codes are weights plus one: every sum starts at −Σ q.
static void begin_sums(size_t row_begin, size_t row_end, const void *prepared, size_t k, size_t m, int32_t *sums,
                       size_t stride) {
  for (size_t j = 0; j < m; j++) {
    const int32_t start = -ck_activations_at(prepared, k, j)->sum;
    for (size_t row = row_begin; row < row_end; row++) sums[j * stride + row] = start;
  }
}

static void multiply_tile_strip(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end,
                                const void *prepared, size_t m, int32_t *sums, size_t stride) {
  const int8_t *q = ck_activations_at(prepared, k, 0)->q;
  begin_sums(row_begin, row_end, prepared, k, m, sums, stride);
  for (size_t column = 0; column < k; column += TILE_COLUMNS) {
    const size_t columns = k - column < TILE_COLUMNS ? k - column : TILE_COLUMNS;
    for (size_t row = row_begin; row < row_end; row += TILE_ROWS) {
      tile codes;
      unpack_tile(weights, k, row, column, columns, &codes);
      multiply_strip(&codes, (columns + 3) / 4, q + column, ck_activations_bytes(k, m), m, sums + row, stride);
    }
  }
}

/// All m vectors, prepared as ck_activations, times rows [row_begin, row_end), multiples of TILE_ROWS. Columns of a
/// tile are the outer loop, so that a strip's activations stay in the second-level cache while all rows pass.
static void multiply_tiles(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                           size_t m, int32_t *sums, size_t stride) {
  for (size_t j = 0; j < m; j += TILE_STRIP_VECTORS) {
    const size_t vectors = m - j < TILE_STRIP_VECTORS ? m - j : TILE_STRIP_VECTORS;
    multiply_tile_strip(weights, k, row_begin, row_end, ck_activations_at(prepared, k, j), vectors,
                        sums + j * stride, stride);
  }
}

#endif
