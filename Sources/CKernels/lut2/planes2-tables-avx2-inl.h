// Tables for the packing `planes2`, built with AVX2.

#ifndef CK_PLANES2_TABLES_AVX2_INL_H
#define CK_PLANES2_TABLES_AVX2_INL_H

#include <string.h>

#include "../lut/lookup-tables-avx2-inl.h"
#include "planes2-lookup-inl.h"

// An entry is Σ ±q / 2, plus where the bit is set and minus where it is not, rounded up: what the bits that are set sum
// to, less half of all four rounded down. That is within ±256.
CK_INLINE __m256i halved(__m256i sums) { return _mm256_srai_epi16(_mm256_add_epi16(sums, _mm256_set1_epi16(1)), 1); }

// The tables of groups i and i + 1 of sixteen columns, of which `first` holds the first eight twice, `last` the others.
CK_INLINE void store_two(uint8_t *tables, __m256i first, __m256i last, int i) {
  const __m256i bit0 = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, 1, -1, 1, -1, 1, -1, 1));
  const __m256i bit1 = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, -1, 1, 1, -1, -1, 1, 1));
  const __m256i bit2 = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, -1, -1, -1, 1, 1, 1, 1));
  __m256i sums = _mm256_mullo_epi16(every_word(first, i, i + 1), bit0);
  sums = _mm256_add_epi16(sums, _mm256_mullo_epi16(every_word(first, i + 4, i + 5), bit1));
  sums = _mm256_add_epi16(sums, _mm256_mullo_epi16(every_word(last, i, i + 1), bit2));
  const __m256i fourth = every_word(last, i + 4, i + 5);
  store_tables(tables + i * LOOKUP_TABLE_BYTES, halved(_mm256_sub_epi16(sums, fourth)),
               halved(_mm256_add_epi16(sums, fourth)));
}

// The tables of the four groups of sixteen columns. Returns how many of them have an odd sum.
CK_INLINE int store_block(uint8_t *tables, const int8_t *q) {
  const __m256i words = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)q));
  const __m256i first = _mm256_permute4x64_epi64(words, 0x44);
  const __m256i last = _mm256_permute4x64_epi64(words, 0xee);
  store_two(tables, first, last, 0);
  store_two(tables, first, last, 2);
  uint32_t quads[4];
  memcpy(quads, q, sizeof quads);
  return __builtin_popcount((quads[0] ^ quads[1] ^ quads[2] ^ quads[3]) & 0x01010101u);
}

// Both planes lack half of a group's sum, rounded down, and a code is the weight plus one: what is left to subtract is
// one for every group whose sum is odd.
static void prepare_tables(const int8_t *q, size_t k, lookup_tables *out) {
  int32_t odd = 0;
  size_t block = 0;
  for (; (block + 1) * PLANES2_COLUMNS <= k; block++) {
    odd += store_block(out->tables + block * UNIT_TABLE_BYTES, q + block * PLANES2_COLUMNS);
  }
  if (block * PLANES2_COLUMNS < k) {
    int8_t padded[PLANES2_COLUMNS] = {0};
    memcpy(padded, q + block * PLANES2_COLUMNS, k - block * PLANES2_COLUMNS);
    odd += store_block(out->tables + block * UNIT_TABLE_BYTES, padded);
  }
  out->start = -odd;
  memset(out->unused, 0, sizeof out->unused);
}

#endif
