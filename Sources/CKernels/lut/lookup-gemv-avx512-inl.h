// Panels times one vector's tables with AVX-512. The file that includes this defines add_unit(weights, pairs, tables,
// rows) first, which adds one unit of `pairs` pairs of panels to their sums, and what lookup-loops-inl.h asks for.

#ifndef CK_LOOKUP_GEMV_AVX512_INL_H
#define CK_LOOKUP_GEMV_AVX512_INL_H

#include "lookup-avx512-inl.h"

CK_INLINE void prefetch_unit(const uint8_t *weights) {
#pragma unroll
  for (int line = 0; line < UNIT_BYTES; line += 64) {
    _mm_prefetch((const char *)weights + LOOKUP_PREFETCH_BYTES + line, _MM_HINT_T0);
  }
}

// Adds units [unit, end) of `pairs` pairs to their totals; what there is of them fits int16 lanes.
CK_INLINE void add_units(const panel_pair panels[], int pairs, size_t unit, size_t end, const lookup_tables *x,
                         __m256i totals[][4]) {
  word_sums rows[LOOKUP_PAIRS];
#pragma unroll
  for (int p = 0; p < pairs; p++) rows[p] = (word_sums){_mm512_setzero_si512(), _mm512_setzero_si512()};
  for (; unit < end; unit++) {
    panel_pair weights[LOOKUP_PAIRS];
#pragma unroll
    for (int p = 0; p < pairs; p++) {
      weights[p] = (panel_pair){panels[p].first + unit * UNIT_BYTES, panels[p].second + unit * UNIT_BYTES};
      prefetch_unit(weights[p].first);
      prefetch_unit(weights[p].second);
    }
    add_unit(weights, pairs, x->tables + unit * UNIT_TABLE_BYTES, rows);
  }
#pragma unroll
  for (int s = 0; s < 2 * pairs; s++) add_word_sums(totals[s], rows[s / 2], s % 2);
}

// `streams` panels at once, each from its own part of memory: they share the tables and the prefetchers see all.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t units, const lookup_tables *x,
                               int32_t *const sums[]) {
  __m256i totals[LOOKUP_STREAMS][4];
  for (int i = 0; i < 4 * LOOKUP_STREAMS; i++) totals[i / 4][i % 4] = _mm256_set1_epi32(x->start);
  panel_pair weights[LOOKUP_PAIRS];
  const int pairs = (streams + 1) / 2;
  for (int p = 0; p < pairs; p++) {
    weights[p] = (panel_pair){panels[2 * p], panels[2 * p + 1 < streams ? 2 * p + 1 : 2 * p]};
  }
  for (size_t unit = 0; unit < units; unit += UNITS_PER_WIDENING) {
    const size_t end = units - unit < UNITS_PER_WIDENING ? units : unit + UNITS_PER_WIDENING;
    add_units(weights, pairs, unit, end, x, totals);
  }
  for (int s = 0; s < streams; s++) {
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)sums[s] + i, totals[s][i]);
  }
}

#include "lookup-loops-inl.h"

#endif
