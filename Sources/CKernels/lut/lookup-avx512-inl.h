// Sums of lookups with AVX-512 BW (lookup-inl.h says how they are exact): a register holds two panels.

#ifndef CK_LOOKUP_AVX512_INL_H
#define CK_LOOKUP_AVX512_INL_H

#include <immintrin.h>

#include "../common/target-inl.h"
#include "lookup-inl.h"

enum {
  LOOKUP_STREAMS = 4,
  LOOKUP_PAIRS = LOOKUP_STREAMS / 2,
};

/// Two panels that share registers; one alone is both of its pair.
typedef struct {
  const uint8_t *first;
  const uint8_t *second;
} panel_pair;

/// Sums of 32 rows of both panels as bytes, both parts.
typedef struct {
  __m512i low;
  __m512i high;
} byte_sums;

/// int16 sums of 32 rows of both panels as the unpack instructions leave them: 0–7 and 16–23, 8–15 and 24–31.
typedef struct {
  __m512i outer;
  __m512i inner;
} word_sums;

/// 32 bytes of each panel, `offset` bytes from where they are.
CK_INLINE __m512i bytes_at(panel_pair panels, size_t offset) {
  const __m256i first = _mm256_load_si256((const __m256i *)(panels.first + offset));
  const __m256i second = _mm256_load_si256((const __m256i *)(panels.second + offset));
  return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}

/// One part of a table in all quarters of a vector.
CK_INLINE __m512i table_at(const uint8_t *bytes) {
  return _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)bytes));
}

CK_INLINE word_sums plus_block(word_sums rows, byte_sums block) {
  const __m512i base = _mm512_set1_epi16((short)(LOOKUP_BASE << 8 | 1));
  const __m512i outer = _mm512_maddubs_epi16(base, _mm512_unpacklo_epi8(block.low, block.high));
  const __m512i inner = _mm512_maddubs_epi16(base, _mm512_unpackhi_epi8(block.low, block.high));
  return (word_sums){_mm512_add_epi16(rows.outer, outer), _mm512_add_epi16(rows.inner, inner)};
}

CK_INLINE __m256i widened(__m256i lanes, int half) {
  return _mm256_cvtepi16_epi32(half ? _mm256_extracti128_si256(lanes, 1) : _mm256_castsi256_si128(lanes));
}

/// Adds the sums of one panel of the pair, the first or the second, to its totals in the order of its rows.
CK_INLINE void add_word_sums(__m256i totals[4], word_sums rows, int second) {
  const __m256i outer = second ? _mm512_extracti64x4_epi64(rows.outer, 1) : _mm512_castsi512_si256(rows.outer);
  const __m256i inner = second ? _mm512_extracti64x4_epi64(rows.inner, 1) : _mm512_castsi512_si256(rows.inner);
  totals[0] = _mm256_add_epi32(totals[0], widened(outer, 0));
  totals[1] = _mm256_add_epi32(totals[1], widened(inner, 0));
  totals[2] = _mm256_add_epi32(totals[2], widened(outer, 1));
  totals[3] = _mm256_add_epi32(totals[3], widened(inner, 1));
}

#endif
