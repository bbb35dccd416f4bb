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
} row_sums;

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

CK_INLINE row_sums plus_block(row_sums rows, byte_sums block) {
  const __m512i base = _mm512_set1_epi16((short)(LOOKUP_BASE << 8 | 1));
  const __m512i outer = _mm512_maddubs_epi16(base, _mm512_unpacklo_epi8(block.low, block.high));
  const __m512i inner = _mm512_maddubs_epi16(base, _mm512_unpackhi_epi8(block.low, block.high));
  return (row_sums){_mm512_add_epi16(rows.outer, outer), _mm512_add_epi16(rows.inner, inner)};
}

CK_INLINE __m512i widened(__m512i lanes, int half) {
  return _mm512_cvtepi16_epi32(half ? _mm512_extracti64x4_epi64(lanes, 1) : _mm512_castsi512_si256(lanes));
}

/// Adds to the sums of the first panel, totals 0 and 1, and of the second.
CK_INLINE void add_row_sums(__m512i totals[4], row_sums rows) {
  totals[0] = _mm512_add_epi32(totals[0], widened(rows.outer, 0));
  totals[1] = _mm512_add_epi32(totals[1], widened(rows.inner, 0));
  totals[2] = _mm512_add_epi32(totals[2], widened(rows.outer, 1));
  totals[3] = _mm512_add_epi32(totals[3], widened(rows.inner, 1));
}

/// 32 sums of a panel in the order of its rows.
CK_INLINE void store_totals(int32_t *sums, __m512i outer, __m512i inner) {
  _mm512_storeu_si512(sums, _mm512_shuffle_i64x2(outer, inner, 0x44));
  _mm512_storeu_si512(sums + 16, _mm512_shuffle_i64x2(outer, inner, 0xee));
}

#endif
