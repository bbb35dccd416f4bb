// Sums of lookups with AVX2 (lookup-inl.h says how they are exact).

#ifndef CK_LOOKUP_AVX2_INL_H
#define CK_LOOKUP_AVX2_INL_H

#include <immintrin.h>

#include "../common/target-inl.h"
#include "lookup-inl.h"

enum { LOOKUP_STREAMS = 2 };

/// Sums of 32 rows as bytes, both parts.
typedef struct {
  __m256i low;
  __m256i high;
} byte_sums;

/// int16 sums of 32 rows as the unpack instructions leave them: 0–7 and 16–23, 8–15 and 24–31.
typedef struct {
  __m256i outer;
  __m256i inner;
} word_sums;

/// One part of a table in both halves of a vector.
CK_INLINE __m256i table_at(const uint8_t *bytes) {
  return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)bytes));
}

CK_INLINE word_sums plus_block(word_sums rows, byte_sums block) {
  const __m256i base = _mm256_set1_epi16((short)(LOOKUP_BASE << 8 | 1));
  const __m256i outer = _mm256_maddubs_epi16(base, _mm256_unpacklo_epi8(block.low, block.high));
  const __m256i inner = _mm256_maddubs_epi16(base, _mm256_unpackhi_epi8(block.low, block.high));
  return (word_sums){_mm256_add_epi16(rows.outer, outer), _mm256_add_epi16(rows.inner, inner)};
}

CK_INLINE __m256i widened(__m256i lanes, int half) {
  return _mm256_cvtepi16_epi32(half ? _mm256_extracti128_si256(lanes, 1) : _mm256_castsi256_si128(lanes));
}

CK_INLINE void add_word_sums(__m256i totals[4], word_sums rows) {
  totals[0] = _mm256_add_epi32(totals[0], widened(rows.outer, 0));
  totals[1] = _mm256_add_epi32(totals[1], widened(rows.inner, 0));
  totals[2] = _mm256_add_epi32(totals[2], widened(rows.outer, 1));
  totals[3] = _mm256_add_epi32(totals[3], widened(rows.inner, 1));
}

#endif
