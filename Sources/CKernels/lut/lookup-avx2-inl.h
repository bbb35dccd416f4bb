// Sums of table lookups with AVX2, exact: what `lut` and `lut2` share.
//
// vpshufb looks up bytes, and a table's sums T need ten bits. So T = LOOKUP_BASE·h + l, and both parts are looked up and
// summed as plain bytes for one block of eight groups: with |T| ≤ 384 both are at most 14, and 8·14 = 112 fits.
// Then a block's 28·Σh + Σl goes to int16 lanes, and those to Int32 before they can overflow.

#ifndef CK_LOOKUP_AVX2_INL_H
#define CK_LOOKUP_AVX2_INL_H

#include <immintrin.h>

#include "../common/target-inl.h"

enum {
  LOOKUP_BASE = 28,
  LOOKUP_TABLE_BYTES = 32,  // 16 bytes l, 16 bytes h
  LOOKUP_ROWS = 32,
  // A block adds at most 24·128 = 3072 to an int16 lane: 30720 fits.
  LOOKUP_BLOCKS_PER_WIDENING = 10,
};

/// Byte sums of 32 rows, both parts.
typedef struct {
  __m256i low;
  __m256i high;
} byte_sums;

/// int16 sums of 32 rows: 0–7 and 16–23 in one vector, 8–15 and 24–31 in the other, as the unpack instructions leave them.
typedef struct {
  __m256i outer;
  __m256i inner;
} row_sums;

/// One part of a table in both halves of a vector.
CK_INLINE __m256i table_at(const uint8_t *bytes) {
  return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)bytes));
}

/// 16 sums, int16 in [−384, 384], to the 32 bytes of their table.
CK_INLINE void store_table(uint8_t *table, __m256i sums) {
  // T·1170/2¹⁵ is T/28 to within 0.004, and rounds to the h that leaves |l| ≤ 14.
  const __m256i high = _mm256_mulhrs_epi16(sums, _mm256_set1_epi16(1170));
  const __m256i low = _mm256_sub_epi16(sums, _mm256_mullo_epi16(high, _mm256_set1_epi16(LOOKUP_BASE)));
  const __m256i parts = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8);
  _mm256_store_si256((__m256i *)table, parts);
}

CK_INLINE row_sums add_block_sums(row_sums rows, byte_sums block) {
  const __m256i weights = _mm256_set1_epi16((short)(LOOKUP_BASE << 8 | 1));
  const __m256i outer = _mm256_maddubs_epi16(weights, _mm256_unpacklo_epi8(block.low, block.high));
  const __m256i inner = _mm256_maddubs_epi16(weights, _mm256_unpackhi_epi8(block.low, block.high));
  return (row_sums){_mm256_add_epi16(rows.outer, outer), _mm256_add_epi16(rows.inner, inner)};
}

CK_INLINE __m256i widened(__m256i lanes, int half) {
  return _mm256_cvtepi16_epi32(half ? _mm256_extracti128_si256(lanes, 1) : _mm256_castsi256_si128(lanes));
}

CK_INLINE void add_row_sums(__m256i totals[4], row_sums rows) {
  totals[0] = _mm256_add_epi32(totals[0], widened(rows.outer, 0));
  totals[1] = _mm256_add_epi32(totals[1], widened(rows.inner, 0));
  totals[2] = _mm256_add_epi32(totals[2], widened(rows.outer, 1));
  totals[3] = _mm256_add_epi32(totals[3], widened(rows.inner, 1));
}

#endif
