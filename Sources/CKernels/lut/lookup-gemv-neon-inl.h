// Panels times one vector's tables with NEON. The file that includes this defines add_unit(weights, streams, tables,
// rows) first, which adds one unit of `streams` panels to their sums, and what lookup-loops-inl.h asks for.

#ifndef CK_LOOKUP_GEMV_NEON_INL_H
#define CK_LOOKUP_GEMV_NEON_INL_H

#include "lookup-neon-inl.h"

// Adds units [unit, end) of `streams` panels to their sums; what there is of them fits int16 lanes.
CK_INLINE void add_units(const uint8_t *const panels[], int streams, size_t unit, size_t end, const lookup_tables *x,
                         int32_t *const sums[]) {
  const word_sums zeros = {vdupq_n_s16(0), vdupq_n_s16(0)};
  word_sums rows[LOOKUP_STREAMS][LOOKUP_PARTS];
#pragma unroll
  for (int i = 0; i < streams * LOOKUP_PARTS; i++) rows[i / LOOKUP_PARTS][i % LOOKUP_PARTS] = zeros;
  for (; unit < end; unit++) {
    const uint8_t *weights[LOOKUP_STREAMS];
#pragma unroll
    for (int s = 0; s < streams; s++) {
      weights[s] = panels[s] + unit * UNIT_BYTES;
#pragma unroll
      for (int line = 0; line < UNIT_BYTES; line += 64) {
        __builtin_prefetch(weights[s] + LOOKUP_PREFETCH_BYTES + line);
      }
    }
    add_unit(weights, streams, x->tables + unit * UNIT_TABLE_BYTES, rows);
  }
#pragma unroll
  for (int i = 0; i < streams * LOOKUP_PARTS; i++) {
    add_word_sums(sums[i / LOOKUP_PARTS] + i % LOOKUP_PARTS * 16, rows[i / LOOKUP_PARTS][i % LOOKUP_PARTS]);
  }
}

// `streams` panels at once, each from its own part of memory: they share the tables and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t units, const lookup_tables *x,
                               int32_t *const sums[]) {
  for (int s = 0; s < streams; s++) {
    for (int row = 0; row < LOOKUP_ROWS; row++) sums[s][row] = x->start;
  }
  for (size_t unit = 0; unit < units; unit += UNITS_PER_WIDENING) {
    const size_t end = units - unit < UNITS_PER_WIDENING ? units : unit + UNITS_PER_WIDENING;
    add_units(panels, streams, unit, end, x, sums);
  }
}

#include "lookup-loops-inl.h"

#endif
