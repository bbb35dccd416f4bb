// Tables for the packing `trit3`, built with AVX2.

#ifndef CK_TRIT3_TABLES_AVX2_INL_H
#define CK_TRIT3_TABLES_AVX2_INL_H

#include <string.h>

#include "lookup-tables-avx2-inl.h"
#include "trit3-lookup-inl.h"

// The tables of groups i and i + 1 of twelve columns, of which `eight` holds the first eight twice, `four` the others.
CK_INLINE void store_two(uint8_t *tables, __m256i eight, __m256i four, int i) {
  const __m256i first = every_word(eight, i, i + 1);
  const __m256i second = every_word(eight, i + 4, i + 5);
  const __m256i third = every_word(four, i, i + 1);
  const __m256i shifted = _mm256_sub_epi16(first, _mm256_set1_epi16(SHORTFALL));
  // The digits of the numbers 0–7, where 4 = 9·0 + 3·1 + 1 and 5 = 9·1 − 3·1 − 1, and of 8–13; the second digits of
  // those are 0 or 1, and a mask does.
  const __m256i second_low = _mm256_broadcastsi128_si256(_mm_setr_epi16(0, 0, 1, 1, 1, -1, -1, -1));
  const __m256i third_low = _mm256_broadcastsi128_si256(_mm_setr_epi16(0, 1, -1, 0, 1, -1, 0, 1));
  const __m256i second_high = _mm256_broadcastsi128_si256(_mm_setr_epi16(0, 0, 0, -1, -1, -1, 0, 0));
  const __m256i third_high = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, 0, 1, -1, 0, 1, 0, 0));
  const __m256i without = _mm256_set1_epi16(-SHORTFALL);
  const __m256i first_low = _mm256_blend_epi16(without, shifted, 0xe0);
  const __m256i lower = _mm256_add_epi16(_mm256_add_epi16(first_low, _mm256_mullo_epi16(second, second_low)),
                                         _mm256_mullo_epi16(third, third_low));
  const __m256i upper = _mm256_add_epi16(_mm256_add_epi16(shifted, _mm256_and_si256(second, second_high)),
                                         _mm256_mullo_epi16(third, third_high));
  store_tables(tables + i * LOOKUP_TABLE_BYTES, lower, upper);
}

// The tables of the four groups of twelve columns; 16 are read.
CK_INLINE void store_half(uint8_t *tables, const int8_t *q) {
  const __m256i words = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)q));
  const __m256i eight = _mm256_permute4x64_epi64(words, 0x44);
  const __m256i four = _mm256_permute4x64_epi64(words, 0xee);
  store_two(tables, eight, four, 0);
  store_two(tables, eight, four, 2);
}

/// The tables of k activations.
static void prepare_tables(const int8_t *q, size_t k, lookup_tables *out) {
  const size_t padded_columns = trit3_blocks(k) * TRIT3_COLUMNS;
  out->start = trit3_start(k);
  memset(out->unused, 0, sizeof out->unused);
  uint8_t *tables = out->tables;
  for (size_t column = 0; column < padded_columns; column += 12, tables += BLOCK_TABLE_BYTES / 2) {
    if (column + 16 <= k) {
      store_half(tables, q + column);
    } else {
      int8_t padded[16] = {0};
      if (column < k) memcpy(padded, q + column, k - column < 12 ? k - column : 12);
      store_half(tables, padded);
    }
  }
}

#endif
