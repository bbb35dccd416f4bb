// Panels times one vector's tables with AVX2. The file that includes this defines add_unit(weights, streams, tables,
// rows) first, which adds one unit of `streams` panels to their sums, and what lookup-loops-inl.h asks for.

#ifndef CK_LOOKUP_GEMV_AVX2_INL_H
#define CK_LOOKUP_GEMV_AVX2_INL_H

#include "lookup-avx2-inl.h"

// `streams` panels at once, each from its own part of memory: they share the tables and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t units, const lookup_tables *x,
                               int32_t *const sums[]) {
  const __m256i start = _mm256_set1_epi32(x->start);
  __m256i totals[LOOKUP_STREAMS][4] = {{start, start, start, start}, {start, start, start, start}};
  for (size_t unit = 0; unit < units;) {
    const size_t end = units - unit < UNITS_PER_WIDENING ? units : unit + UNITS_PER_WIDENING;
    word_sums rows[LOOKUP_STREAMS];
#pragma unroll
    for (int s = 0; s < streams; s++) rows[s] = (word_sums){_mm256_setzero_si256(), _mm256_setzero_si256()};
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
    for (int s = 0; s < streams; s++) add_word_sums(totals[s], rows[s]);
  }
  for (int s = 0; s < streams; s++) {
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)sums[s] + i, totals[s][i]);
  }
}

#include "lookup-loops-inl.h"

#endif
