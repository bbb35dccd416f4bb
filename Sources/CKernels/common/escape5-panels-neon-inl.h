// A few vectors of `trit5` with NEON, for a file that has defined STREAMS: a pair and a triple of weights by tbl each.

#ifndef CK_ESCAPE5_PANELS_NEON_INL_H
#define CK_ESCAPE5_PANELS_NEON_INL_H

#include <arm_neon.h>

#include "escape5-tables-neon-inl.h"
#include "escape5-tile-neon-inl.h"

enum {
  PANEL_PARTS = ESCAPE5_ROWS / 16,
  // int16 lanes hold the products of 250 columns: 250 · 128 = 32000.
  FLUSHES_PER_WIDENING = 10,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2048,
};

// Sums of 16 rows, a byte each, of the two halves that table entries are split into.
typedef struct {
  int8x16_t low;
  int8x16_t high;
} byte_lanes;

// Sums of rows 0–7 and 8–15.
typedef struct {
  int16x8_t first;
  int16x8_t second;
} word_lanes;

CK_INLINE void add_group(const uint8_t *bytes, const escape5_tables *x, byte_lanes *lanes) {
  const escape5_indices at = escape5_split(vld1q_u8(bytes));
  const int8x16_t pair_low = vqtbl1q_s8(escape5_table_8(x->pair_low), at.pair);
  const int8x16_t pair_high = vqtbl1q_s8(escape5_table_8(x->pair_high), at.pair);
  const int8x16_t low = vaddq_s8(pair_low, vqtbl2q_s8(escape5_table_32(x->triple_low), at.triple));
  const int8x16_t high = vaddq_s8(pair_high, vqtbl2q_s8(escape5_table_32(x->triple_high), at.triple));
  lanes->low = vaddq_s8(lanes->low, low);
  lanes->high = vaddq_s8(lanes->high, high);
}

// 25·h + l of every row.
CK_INLINE void flush(byte_lanes lanes, word_lanes *words) {
  const int8x16_t radix = vdupq_n_s8(ESCAPE5_RADIX);
  const int16x8_t first = vaddw_s8(words->first, vget_low_s8(lanes.low));
  const int16x8_t second = vaddw_high_s8(words->second, lanes.low);
  words->first = vmlal_s8(first, vget_low_s8(lanes.high), vget_low_s8(radix));
  words->second = vmlal_high_s8(second, lanes.high, radix);
}

// Up to ESCAPE5_FLUSH_GROUPS groups of each of `streams` panels.
CK_INLINE void add_groups(const uint8_t *const panels[], int streams, size_t first, size_t groups,
                          const escape5_tables *x, word_lanes words[][PANEL_PARTS]) {
  byte_lanes lanes[STREAMS][PANEL_PARTS];
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) {
    lanes[i / PANEL_PARTS][i % PANEL_PARTS] = (byte_lanes){vdupq_n_s8(0), vdupq_n_s8(0)};
  }
  for (size_t group = first; group < first + groups; group++) {
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const uint8_t *bytes = panels[s] + group * ESCAPE5_ROWS;
      __builtin_prefetch(bytes + PREFETCH_BYTES, 0, 0);
#pragma unroll
      for (int part = 0; part < PANEL_PARTS; part++) add_group(bytes + 16 * part, x + group, &lanes[s][part]);
    }
  }
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) {
    flush(lanes[i / PANEL_PARTS][i % PANEL_PARTS], &words[i / PANEL_PARTS][i % PANEL_PARTS]);
  }
}

CK_INLINE void add_8(int16x8_t words, int32_t *sums) {
  vst1q_s32(sums, vaddw_s16(vld1q_s32(sums), vget_low_s16(words)));
  vst1q_s32(sums + 4, vaddw_high_s16(vld1q_s32(sums + 4), words));
}

// Adds the groups from `first` that int16 lanes can sum, and returns how many there were.
CK_INLINE size_t add_span(const uint8_t *const panels[], int streams, size_t first, size_t groups,
                          const escape5_tables *x, int32_t *const sums[]) {
  word_lanes words[STREAMS][PANEL_PARTS];
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) {
    words[i / PANEL_PARTS][i % PANEL_PARTS] = (word_lanes){vdupq_n_s16(0), vdupq_n_s16(0)};
  }
  const size_t most = FLUSHES_PER_WIDENING * ESCAPE5_FLUSH_GROUPS;
  const size_t end = groups - first < most ? groups : first + most;
  size_t group = first;
  for (; group + ESCAPE5_FLUSH_GROUPS <= end; group += ESCAPE5_FLUSH_GROUPS) {
    add_groups(panels, streams, group, ESCAPE5_FLUSH_GROUPS, x, words);
  }
  add_groups(panels, streams, group, end - group, x, words);
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) {
    const word_lanes *sum = &words[i / PANEL_PARTS][i % PANEL_PARTS];
    int32_t *out = sums[i / PANEL_PARTS] + 16 * (i % PANEL_PARTS);
    add_8(sum->first, out);
    add_8(sum->second, out + 8);
  }
  return end - first;
}

// `streams` panels at once, each from its own part of memory: they share the tables and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const escape5_tables *x,
                               int32_t *const sums[]) {
  const size_t groups = blocks * ESCAPE5_BLOCK_GROUPS;
  for (int s = 0; s < streams; s++) memset(sums[s], 0, ESCAPE5_ROWS * sizeof *sums[s]);
  for (size_t group = 0; group < groups;) group += add_span(panels, streams, group, groups, x, sums);
}

#endif
