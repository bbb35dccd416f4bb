// Exact sums of table lookups with AVX2: the parts that `lut` and `lut2` share.
//
// vpshufb looks up bytes, and a table's entries E need ten bits. So E = 29·h + l, and both parts are looked up and
// summed as plain bytes over one block of eight lookups: |h| ≤ 14 and −15 ≤ l ≤ 14, and 8·15 = 120 fits. Then 29·Σh +
// Σl goes to int16 lanes, and those to Int32 before they can overflow. Nothing is rounded.

#ifndef CK_LOOKUP_AVX2_INL_H
#define CK_LOOKUP_AVX2_INL_H

#include <immintrin.h>

#include "../common/target-inl.h"

enum {
  LOOKUP_BASE = 29,
  LOOKUP_ROWS = 32,
  LOOKUP_STREAMS = 2,
  LOOKUP_TABLE_BYTES = 32,  // 16 entries: their 16 bytes l, then their 16 bytes h
};

/// One vector of activations as tables, in the order in which the weights meet them. The line that `start` takes also
/// keeps the tables of two vectors from starting 2ⁿ bytes apart.
typedef struct {
  int32_t start;  // what every row's sum starts from
  uint8_t unused[60];
  uint8_t tables[];
} lookup_tables;

/// Sums of 32 rows as bytes, both parts.
typedef struct {
  __m256i low;
  __m256i high;
} byte_sums;

/// int16 sums of 32 rows as the unpack instructions leave them: 0–7 and 16–23, 8–15 and 24–31.
typedef struct {
  __m256i outer;
  __m256i inner;
} row_sums;

/// One part of a table in both halves of a vector.
CK_INLINE __m256i table_at(const uint8_t *bytes) {
  return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)bytes));
}

/// Word `i` of the first half everywhere in the first half, word `j` of the second everywhere in the second.
CK_INLINE __m256i every_word(__m256i words, int i, int j) {
  const __m128i first = _mm_set1_epi16((short)((2 * i + 1) << 8 | 2 * i));
  const __m128i second = _mm_set1_epi16((short)((2 * j + 1) << 8 | 2 * j));
  return _mm256_shuffle_epi8(words, _mm256_set_m128i(second, first));
}

CK_INLINE __m256i high_part(__m256i entries) {
  // E·1130/2¹⁵ is E/29 to within 0.001: it rounds to the h that leaves −15 ≤ l ≤ 14 for every |E| ≤ 399.
  return _mm256_mulhrs_epi16(entries, _mm256_set1_epi16(1130));
}

CK_INLINE __m256i low_part(__m256i entries, __m256i high) {
  return _mm256_sub_epi16(entries, _mm256_mullo_epi16(high, _mm256_set1_epi16(LOOKUP_BASE)));
}

/// Two tables. Entries 0–7 of the first and of the second are the halves of `lower`, entries 8–15 those of `upper`.
CK_INLINE void store_tables(uint8_t *tables, __m256i lower, __m256i upper) {
  const __m256i lower_high = high_part(lower), upper_high = high_part(upper);
  const __m256i low = _mm256_packs_epi16(low_part(lower, lower_high), low_part(upper, upper_high));
  const __m256i high = _mm256_packs_epi16(lower_high, upper_high);
  __m256i *out = (__m256i *)tables;
  _mm256_store_si256(out, _mm256_permute2x128_si256(low, high, 0x20));
  _mm256_store_si256(out + 1, _mm256_permute2x128_si256(low, high, 0x31));
}

CK_INLINE row_sums plus_block(row_sums rows, byte_sums block) {
  const __m256i base = _mm256_set1_epi16((short)(LOOKUP_BASE << 8 | 1));
  const __m256i outer = _mm256_maddubs_epi16(base, _mm256_unpacklo_epi8(block.low, block.high));
  const __m256i inner = _mm256_maddubs_epi16(base, _mm256_unpackhi_epi8(block.low, block.high));
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
