// One vector times panels of the broadcast layout with sdot, straight from memory.
//
// A field costs one instruction before its product: three are masked where they stand, as codes times 1, 4 and 16 in
// accumulators of their own, and the fourth is shifted down.

#ifndef CK_BROADCAST2_PANELS_DOTPROD_INL_H
#define CK_BROADCAST2_PANELS_DOTPROD_INL_H

#include <arm_neon.h>

#include "activations-inl.h"
#include "broadcast2-inl.h"
#include "dot-lane-inl.h"
#include "target-inl.h"

enum {
  PANEL_PARTS = BROADCAST2_ROWS / 4,  // four rows of a block are 16 bytes
  // Codes times 16 take at most 4·16·2·128 = 2¹⁴ from a lane for each block: 2¹⁷ of them take 2³¹.
  BLOCKS_PER_FLUSH = 1 << 17,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2048,
};

// Sums of four rows: of codes, of codes times 4 and of codes times 16.
typedef struct {
  int32x4_t plain;
  int32x4_t fourfold;
  int32x4_t sixteenfold;
} row_sums;

CK_INLINE void add_part(row_sums *sums, uint8x16_t packed, int8x16_t x) {
  const int8x16_t bytes = vreinterpretq_s8_u8(packed);
  sums->plain = ck_dot_lane(sums->plain, vandq_s8(bytes, vdupq_n_s8(3)), x, 0);
  sums->fourfold = ck_dot_lane(sums->fourfold, vandq_s8(bytes, vdupq_n_s8(12)), x, 1);
  sums->sixteenfold = ck_dot_lane(sums->sixteenfold, vandq_s8(bytes, vdupq_n_s8(48)), x, 2);
  sums->plain = ck_dot_lane(sums->plain, vreinterpretq_s8_u8(vshrq_n_u8(packed, 6)), x, 3);
}

// Adds up to BLOCKS_PER_FLUSH blocks of each of `streams` panels to the panels' 16 sums, which stay in
// memory: registers are for the accumulators.
CK_INLINE void add_blocks(const uint8_t *const panels[], int streams, size_t first, size_t blocks, const int8_t *q,
                          int32_t *const sums[]) {
  const row_sums zeros = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
  row_sums lanes[STREAMS][PANEL_PARTS];
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) lanes[i / PANEL_PARTS][i % PANEL_PARTS] = zeros;
  for (size_t block = first; block < first + blocks; block++) {
    const int8x16_t x = vld1q_s8(q + block * BROADCAST2_COLUMNS);
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const uint8_t *bytes = panels[s] + block * BROADCAST2_BLOCK_BYTES;
      __builtin_prefetch(bytes + PREFETCH_BYTES, 0, 0);
#pragma unroll
      for (int part = 0; part < PANEL_PARTS; part++) add_part(&lanes[s][part], vld1q_u8(bytes + 16 * part), x);
    }
  }
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) {
    const row_sums *sum = &lanes[i / PANEL_PARTS][i % PANEL_PARTS];
    const int32x4_t scaled = vaddq_s32(vshrq_n_s32(sum->fourfold, 2), vshrq_n_s32(sum->sixteenfold, 4));
    int32_t *out = sums[i / PANEL_PARTS] + 4 * (i % PANEL_PARTS);
    vst1q_s32(out, vaddq_s32(vld1q_s32(out), vaddq_s32(sum->plain, scaled)));
  }
}

// `streams` panels at once, each from its own part of memory: they share the activations and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const ck_activations *x,
                               int32_t *const sums[]) {
  for (int s = 0; s < streams; s++) {
    for (int part = 0; part < PANEL_PARTS; part++) vst1q_s32(sums[s] + 4 * part, vdupq_n_s32(-x->sum));
  }
  for (size_t block = 0; block < blocks; block += BLOCKS_PER_FLUSH) {
    const size_t count = blocks - block < BLOCKS_PER_FLUSH ? blocks - block : BLOCKS_PER_FLUSH;
    add_blocks(panels, streams, block, count, x->q, sums);
  }
}

#endif
