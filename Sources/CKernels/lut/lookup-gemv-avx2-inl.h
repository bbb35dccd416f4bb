// A few vectors through table lookups with AVX2: the loops around add_unit. The file that includes this defines first
//
//     UNIT_BYTES, UNIT_TABLE_BYTES   of one unit of columns, whole cache lines: weights of a panel, tables
//     UNITS_PER_WIDENING             what fits int16 lanes
//     unit_count(k)                  units of a panel
//     add_unit(weights, streams, tables, rows)   adds one unit of `streams` panels to their sums

#ifndef CK_LOOKUP_GEMV_AVX2_INL_H
#define CK_LOOKUP_GEMV_AVX2_INL_H

#include "lookup-avx2-inl.h"

enum {
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  LOOKUP_PREFETCH_BYTES = 3072,
};

static inline size_t lookup_bytes(size_t k) { return sizeof(lookup_tables) + unit_count(k) * UNIT_TABLE_BYTES; }

// `streams` panels at once, each from its own part of memory: they share the tables and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t units, const lookup_tables *x,
                               int32_t *const sums[]) {
  const __m256i start = _mm256_set1_epi32(x->start);
  __m256i totals[LOOKUP_STREAMS][4] = {{start, start, start, start}, {start, start, start, start}};
  for (size_t unit = 0; unit < units;) {
    const size_t end = units - unit < UNITS_PER_WIDENING ? units : unit + UNITS_PER_WIDENING;
    row_sums rows[LOOKUP_STREAMS];
#pragma unroll
    for (int s = 0; s < streams; s++) rows[s] = (row_sums){_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (; unit < end; unit++) {
      const uint8_t *weights[LOOKUP_STREAMS];
#pragma unroll
      for (int s = 0; s < streams; s++) {
        weights[s] = panels[s] + unit * UNIT_BYTES;
#pragma unroll
        for (int line = 0; line < UNIT_BYTES; line += 64) {
          _mm_prefetch((const char *)weights[s] + LOOKUP_PREFETCH_BYTES + line, _MM_HINT_T0);
        }
      }
      add_unit(weights, streams, x->tables + unit * UNIT_TABLE_BYTES, rows);
    }
#pragma unroll
    for (int s = 0; s < streams; s++) add_row_sums(totals[s], rows[s]);
  }
  for (int s = 0; s < streams; s++) {
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)sums[s] + i, totals[s][i]);
  }
}

// Vectors one after the other, while the panels are in the cache.
static void multiply_few(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         size_t m, int32_t *sums, size_t stride) {
  const size_t units = unit_count(k);
  const size_t panel_bytes = units * UNIT_BYTES;
  const size_t half = (row_end - row_begin) / LOOKUP_ROWS / LOOKUP_STREAMS;
  const uint8_t *panel = weights + row_begin / LOOKUP_ROWS * panel_bytes;
  for (size_t i = 0; i < half; i++) {
    const uint8_t *const panels[LOOKUP_STREAMS] = {panel + i * panel_bytes, panel + (half + i) * panel_bytes};
    for (size_t j = 0; j < m; j++) {
      const lookup_tables *x = (const void *)((const uint8_t *)prepared + j * lookup_bytes(k));
      int32_t *out = sums + j * stride + row_begin;
      int32_t *const outs[LOOKUP_STREAMS] = {out + i * LOOKUP_ROWS, out + (half + i) * LOOKUP_ROWS};
      multiply_panels(panels, LOOKUP_STREAMS, units, x, outs);
    }
  }
  const size_t last_row = row_begin + LOOKUP_STREAMS * half * LOOKUP_ROWS;
  if (last_row == row_end) return;
  const uint8_t *const last = panel + LOOKUP_STREAMS * half * panel_bytes;
  for (size_t j = 0; j < m; j++) {
    const lookup_tables *x = (const void *)((const uint8_t *)prepared + j * lookup_bytes(k));
    int32_t *const out = sums + j * stride + last_row;
    multiply_panels(&last, 1, units, x, &out);
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_few(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

#endif
