// A few vectors through table lookups, on any instruction set. The file that includes this defines first
//
//     UNIT_BYTES, UNIT_TABLE_BYTES   of one unit of columns, whole cache lines: weights of a panel, tables
//     UNITS_PER_WIDENING             what fits int16 lanes
//     unit_count(k)                  units of a panel
//     LOOKUP_STREAMS                 panels that are multiplied at once
//     multiply_panels(panels, streams, units, x, sums)   1 or LOOKUP_STREAMS panels times one vector's tables

#ifndef CK_LOOKUP_LOOPS_INL_H
#define CK_LOOKUP_LOOPS_INL_H

#include "lookup-inl.h"

static inline size_t lookup_bytes(size_t k) { return sizeof(lookup_tables) + unit_count(k) * UNIT_TABLE_BYTES; }

// `streams` panels, `part` panels apart, times m vectors one after the other, while the panels are in the cache.
CK_INLINE void multiply_group(const uint8_t *panel, size_t part, int streams, size_t k, const void *prepared, size_t m,
                              int32_t *sums, size_t stride) {
  const size_t panel_bytes = unit_count(k) * UNIT_BYTES;
  const uint8_t *panels[LOOKUP_STREAMS];
  for (int s = 0; s < streams; s++) panels[s] = panel + (size_t)s * part * panel_bytes;
  for (size_t j = 0; j < m; j++) {
    const lookup_tables *x = (const void *)((const uint8_t *)prepared + j * lookup_bytes(k));
    int32_t *outs[LOOKUP_STREAMS];
    for (int s = 0; s < streams; s++) outs[s] = sums + j * stride + (size_t)s * part * LOOKUP_ROWS;
    multiply_panels(panels, streams, unit_count(k), x, outs);
  }
}

static void multiply_few(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         size_t m, int32_t *sums, size_t stride) {
  const size_t panel_bytes = unit_count(k) * UNIT_BYTES;
  const size_t end = row_end / LOOKUP_ROWS;
  const size_t part = (row_end - row_begin) / LOOKUP_ROWS / LOOKUP_STREAMS;
  size_t i = row_begin / LOOKUP_ROWS;
  for (const size_t stop = i + part; i < stop; i++) {
    multiply_group(weights + i * panel_bytes, part, LOOKUP_STREAMS, k, prepared, m, sums + i * LOOKUP_ROWS, stride);
  }
  for (i += (LOOKUP_STREAMS - 1) * part; i < end; i++) {
    multiply_group(weights + i * panel_bytes, 0, 1, k, prepared, m, sums + i * LOOKUP_ROWS, stride);
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_few(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

#endif
