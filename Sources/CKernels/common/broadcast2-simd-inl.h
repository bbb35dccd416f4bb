// `simd` around one instruction set: a few vectors straight from the packed panels, batches through tiles.
//
// A file that includes this defines STREAMS, FEW_VECTORS and
//     multiply_panels(panels, streams, blocks, x, sums)    16 sums of each of `streams` panels
// first, and multiply_tiles (tile-inl.h says how).

#ifndef CK_BROADCAST2_SIMD_INL_H
#define CK_BROADCAST2_SIMD_INL_H

#include "activations-inl.h"
#include "broadcast2-inl.h"

// A few vectors, one after the other, while the panels are in the cache; the streams walk far-apart parts of the rows.
static void multiply_few(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         size_t m, int32_t *sums, size_t stride) {
  const size_t blocks = broadcast2_blocks(k);
  const size_t panel_bytes = broadcast2_panel_bytes(k);
  const size_t part = (row_end - row_begin) / BROADCAST2_ROWS / STREAMS;
  const uint8_t *first = weights + row_begin / BROADCAST2_ROWS * panel_bytes;
  for (size_t i = 0; i < part; i++) {
    const uint8_t *panels[STREAMS];
    for (size_t s = 0; s < STREAMS; s++) panels[s] = first + (s * part + i) * panel_bytes;
    for (size_t j = 0; j < m; j++) {
      int32_t *out = sums + j * stride + row_begin;
      int32_t *outs[STREAMS];
      for (size_t s = 0; s < STREAMS; s++) outs[s] = out + (s * part + i) * BROADCAST2_ROWS;
      multiply_panels(panels, STREAMS, blocks, ck_activations_at(prepared, k, j), outs);
    }
  }
  for (size_t row = row_begin + STREAMS * part * BROADCAST2_ROWS; row < row_end; row += BROADCAST2_ROWS) {
    const uint8_t *last = weights + row / BROADCAST2_ROWS * panel_bytes;
    for (size_t j = 0; j < m; j++) {
      int32_t *out = sums + j * stride + row;
      multiply_panels(&last, 1, blocks, ck_activations_at(prepared, k, j), &out);
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
