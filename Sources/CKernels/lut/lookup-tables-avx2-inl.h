// Tables of lookups, built with AVX2 (lookup-inl.h says what they hold).

#ifndef CK_LOOKUP_TABLES_AVX2_INL_H
#define CK_LOOKUP_TABLES_AVX2_INL_H

#include <immintrin.h>

#include "../common/target-inl.h"
#include "lookup-inl.h"

/// Word `i` of the first half everywhere in the first half, word `j` of the second everywhere in the second.
CK_INLINE __m256i every_word(__m256i words, int i, int j) {
  const __m128i first = _mm_set1_epi16((short)((2 * i + 1) << 8 | 2 * i));
  const __m128i second = _mm_set1_epi16((short)((2 * j + 1) << 8 | 2 * j));
  return _mm256_shuffle_epi8(words, _mm256_set_m128i(second, first));
}

CK_INLINE __m256i high_part(__m256i entries) {
  return _mm256_mulhrs_epi16(entries, _mm256_set1_epi16(LOOKUP_RECIPROCAL));
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

#endif
