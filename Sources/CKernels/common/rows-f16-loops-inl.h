// The loops of the dense baseline around one instruction set, which defines before
//
//     STREAMS, multiply_rows(rows, x, columns, out)     sums of STREAMS rows
//     TILE_ROWS, TILE_COLUMNS, tile, decode             a tile of floats
//     STRIP_VECTORS, multiply_strip                     tile × vectors

#ifndef CK_ROWS_F16_LOOPS_INL_H
#define CK_ROWS_F16_LOOPS_INL_H

#include "rows-f16-inl.h"

// STREAMS rows from as many far-apart parts of the range, so that each stream runs on where its prefetch has been. Rows
// that are left at the end are taken one by one, each standing for all.
static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  const size_t columns = rows_f16_columns(k);
  const size_t part = (row_end - row_begin) / STREAMS;
  for (size_t row = row_begin; row < row_begin + part; row++) {
    const uint16_t *rows[STREAMS];
    int32_t out[STREAMS];
    for (size_t s = 0; s < STREAMS; s++) rows[s] = rows_f16_row(weights, k, row + s * part);
    multiply_rows(rows, prepared, columns, out);
    for (size_t s = 0; s < STREAMS; s++) sums[row + s * part] = out[s];
  }
  for (size_t row = row_begin + STREAMS * part; row < row_end; row++) {
    const uint16_t *rows[STREAMS];
    int32_t out[STREAMS];
    for (size_t s = 0; s < STREAMS; s++) rows[s] = rows_f16_row(weights, k, row);
    multiply_rows(rows, prepared, columns, out);
    sums[row] = out[0];
  }
}

static void gemm_strip(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const float *x, size_t m,
                       int32_t *sums, size_t stride) {
  const size_t columns = rows_f16_columns(k);
  for (size_t j = 0; j < m; j++) memset(sums + j * stride + row_begin, 0, (row_end - row_begin) * sizeof sums[0]);
  for (size_t column = 0; column < columns; column += TILE_COLUMNS) {
    const size_t count = columns - column < TILE_COLUMNS ? columns - column : TILE_COLUMNS;
    for (size_t row = row_begin; row < row_end; row += TILE_ROWS) {
      const size_t rows = row_end - row < TILE_ROWS ? row_end - row : TILE_ROWS;
      tile decoded;
      decode(weights, k, row, rows, column, count, &decoded);
      multiply_strip(&decoded, count, x + column, columns, m, rows, sums + row, stride);
    }
  }
}

static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  if (m == 1) {
    gemv(weights, k, row_begin, row_end, prepared, sums);
    return;
  }
  for (size_t j = 0; j < m; j += STRIP_VECTORS) {
    const size_t vectors = m - j < STRIP_VECTORS ? m - j : STRIP_VECTORS;
    gemm_strip(weights, k, row_begin, row_end, rows_f16_vector(prepared, k, j), vectors, sums + j * stride, stride);
  }
}

#endif
