// Tables and sums of lookups with NEON (lookup-inl.h says how they are exact).

#ifndef CK_LOOKUP_NEON_INL_H
#define CK_LOOKUP_NEON_INL_H

#include <arm_neon.h>

#include "../common/target-inl.h"
#include "lookup-inl.h"

enum {
  LOOKUP_STREAMS = 2,
  LOOKUP_PARTS = LOOKUP_ROWS / 16,  // 16 rows are a register of bytes
};

/// Sums of 16 rows as bytes, both parts.
typedef struct {
  int8x16_t low;
  int8x16_t high;
} byte_sums;

/// int16 sums of 16 rows, eight to a register.
typedef struct {
  int16x8_t first;
  int16x8_t last;
} word_sums;

/// 16 sums, int16 in [−399, 399], to the 32 bytes of their table.
CK_INLINE void store_table(uint8_t *table, int16x8_t lower, int16x8_t upper) {
  const int16x8_t lower_high = vqrdmulhq_n_s16(lower, LOOKUP_RECIPROCAL);
  const int16x8_t upper_high = vqrdmulhq_n_s16(upper, LOOKUP_RECIPROCAL);
  const int16x8_t lower_low = vmlsq_n_s16(lower, lower_high, LOOKUP_BASE);
  const int16x8_t upper_low = vmlsq_n_s16(upper, upper_high, LOOKUP_BASE);
  vst1q_s8((int8_t *)table, vcombine_s8(vmovn_s16(lower_low), vmovn_s16(upper_low)));
  vst1q_s8((int8_t *)table + 16, vcombine_s8(vmovn_s16(lower_high), vmovn_s16(upper_high)));
}

CK_INLINE word_sums plus_block(word_sums rows, byte_sums block) {
  const int8x8_t base = vdup_n_s8(LOOKUP_BASE);
  const int16x8_t first = vmlal_s8(rows.first, vget_low_s8(block.high), base);
  const int16x8_t last = vmlal_s8(rows.last, vget_high_s8(block.high), base);
  return (word_sums){vaddw_s8(first, vget_low_s8(block.low)), vaddw_s8(last, vget_high_s8(block.low))};
}

/// Adds 16 rows to their sums in memory.
CK_INLINE void add_word_sums(int32_t *sums, word_sums rows) {
  vst1q_s32(sums, vaddw_s16(vld1q_s32(sums), vget_low_s16(rows.first)));
  vst1q_s32(sums + 4, vaddw_s16(vld1q_s32(sums + 4), vget_high_s16(rows.first)));
  vst1q_s32(sums + 8, vaddw_s16(vld1q_s32(sums + 8), vget_low_s16(rows.last)));
  vst1q_s32(sums + 12, vaddw_s16(vld1q_s32(sums + 12), vget_high_s16(rows.last)));
}

#endif
