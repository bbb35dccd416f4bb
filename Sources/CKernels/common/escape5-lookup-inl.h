// `trit5` around one instruction set: a few vectors by lookup straight from the packed panels, batches through tiles.
//
// A file that includes this defines STREAMS, FEW_VECTORS and
//     escape5_prepare_tables(q, k, tables)                 what the lookups look up
//     multiply_panels(panels, streams, blocks, x, sums)    32 sums of each of `streams` panels
// first, and multiply_tiles (tile-inl.h says how).

#ifndef CK_ESCAPE5_LOOKUP_INL_H
#define CK_ESCAPE5_LOOKUP_INL_H

#include "activations-inl.h"
#include "escape5-tables-inl.h"

static size_t prepared_bytes(size_t k, size_t m) {
  return m > FEW_VECTORS ? ck_activations_bytes(k, m) : escape5_tables_bytes(k);
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  if (m > FEW_VECTORS) {
    ck_activations_prepare(q, k, m, prepared);
  } else {
    escape5_prepare_tables(q, k, prepared);
  }
}

static inline const escape5_tables *tables_at(const void *prepared, size_t k, size_t j) {
  return (const escape5_tables *)((const uint8_t *)prepared + j * escape5_tables_bytes(k));
}

// A few vectors, one after the other, while the panels are in the cache; the streams walk far-apart parts of the rows.
static void multiply_few(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         size_t m, int32_t *sums, size_t stride) {
  const size_t blocks = escape5_blocks(k);
  const size_t panel_bytes = escape5_panel_bytes(k);
  const size_t part = (row_end - row_begin) / ESCAPE5_ROWS / STREAMS;
  const uint8_t *first = weights + row_begin / ESCAPE5_ROWS * panel_bytes;
  for (size_t i = 0; i < part; i++) {
    const uint8_t *panels[STREAMS];
    for (size_t s = 0; s < STREAMS; s++) panels[s] = first + (s * part + i) * panel_bytes;
    for (size_t j = 0; j < m; j++) {
      int32_t *out = sums + j * stride + row_begin;
      int32_t *outs[STREAMS];
      for (size_t s = 0; s < STREAMS; s++) outs[s] = out + (s * part + i) * ESCAPE5_ROWS;
      multiply_panels(panels, STREAMS, blocks, tables_at(prepared, k, j), outs);
    }
  }
  for (size_t row = row_begin + STREAMS * part * ESCAPE5_ROWS; row < row_end; row += ESCAPE5_ROWS) {
    const uint8_t *last = weights + row / ESCAPE5_ROWS * panel_bytes;
    for (size_t j = 0; j < m; j++) {
      int32_t *out = sums + j * stride + row;
      multiply_panels(&last, 1, blocks, tables_at(prepared, k, j), &out);
    }
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_few(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

// Unpacking a tile costs as much as multiplying it a few times: up to FEW_VECTORS one after the other is faster.
static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  if (m <= FEW_VECTORS) {
    multiply_few(weights, k, row_begin, row_end, prepared, m, sums, stride);
  } else {
    multiply_tiles(weights, k, row_begin, row_end, prepared, m, sums, stride);
  }
}

#endif
