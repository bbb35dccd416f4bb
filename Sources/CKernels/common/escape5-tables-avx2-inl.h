// Makes the tables of the packing `escape5` with AVX2, those of a block's two groups at once.

#ifndef CK_ESCAPE5_TABLES_AVX2_INL_H
#define CK_ESCAPE5_TABLES_AVX2_INL_H

#include <immintrin.h>
#include <string.h>

#include "escape5-tables-inl.h"
#include "target-inl.h"

// Weights of eight triples or pairs, in both halves of a register, and what activations plus 128 add too much:
// vpmaddubsw wants one unsigned operand. (Signs cannot be put on the activations: −128 has no negative.)
typedef struct {
  __m256i first;   // two weights to a word
  __m256i second;  // the third weight of a triple, and zero
  __m256i excess;
} escape5_factors;

CK_INLINE escape5_factors escape5_load_factors(const int8_t *t, const int8_t *u, const int8_t *v) {
  const __m128i zero = _mm_setzero_si128();
  const __m256i offset = _mm256_set1_epi8((char)128);
  const __m128i first = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)t), _mm_loadl_epi64((const __m128i *)u));
  const __m128i second = _mm_unpacklo_epi8(v ? _mm_loadl_epi64((const __m128i *)v) : zero, zero);
  escape5_factors f = {_mm256_broadcastsi128_si256(first), _mm256_broadcastsi128_si256(second), offset};
  f.excess = _mm256_add_epi16(_mm256_maddubs_epi16(offset, f.first), _mm256_maddubs_epi16(offset, f.second));
  return f;
}

// T of eight triples of two groups.
CK_INLINE __m256i escape5_triples_of(__m256i first, __m256i second, const escape5_factors *f) {
  const __m256i sums = _mm256_add_epi16(_mm256_maddubs_epi16(first, f->first), _mm256_maddubs_epi16(second, f->second));
  return _mm256_sub_epi16(sums, f->excess);
}

CK_INLINE __m256i escape5_high(__m256i worth) {
  return _mm256_mulhrs_epi16(worth, _mm256_set1_epi16(ESCAPE5_RECIPROCAL));
}

CK_INLINE __m256i escape5_low(__m256i worth, __m256i high) {
  return _mm256_sub_epi16(worth, _mm256_mullo_epi16(high, _mm256_set1_epi16(ESCAPE5_RADIX)));
}

CK_INLINE void escape5_store_halves(__m256i bytes, int8_t *first, int8_t *second) {
  _mm_store_si128((__m128i *)first, _mm256_castsi256_si128(bytes));
  _mm_store_si128((__m128i *)second, _mm256_extracti128_si256(bytes, 1));
}

// Activations t and u of both groups of a block, eight times each.
CK_INLINE __m256i escape5_pick(__m256i block, int t, int u) {
  const short group_0 = (short)(u << 8 | t), group_1 = (short)((u + ESCAPE5_GROUP) << 8 | (t + ESCAPE5_GROUP));
  return _mm256_shuffle_epi8(block, _mm256_set_m128i(_mm_set1_epi16(group_1), _mm_set1_epi16(group_0)));
}

// The tables of a block's two groups; `q` has 16 readable bytes, of which ten are the block's.
CK_INLINE void escape5_store_block(const int8_t *q, const escape5_factors f[3], escape5_tables out[2]) {
  const __m256i signed_block = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)q));
  const __m256i block = _mm256_xor_si256(signed_block, _mm256_set1_epi8((char)128));
  const __m256i first = escape5_pick(block, 2, 3), second = escape5_pick(block, 4, 4);
  const __m256i low_m = escape5_triples_of(first, second, &f[0]), high_m = escape5_triples_of(first, second, &f[1]);
  const __m256i low_m_high = escape5_high(low_m), high_m_high = escape5_high(high_m);
  escape5_store_halves(_mm256_packs_epi16(escape5_low(low_m, low_m_high), escape5_low(high_m, high_m_high)),
                       out[0].triple_low, out[1].triple_low);
  escape5_store_halves(_mm256_packs_epi16(low_m_high, high_m_high), out[0].triple_high, out[1].triple_high);
  const __m256i pair_sums = _mm256_maddubs_epi16(escape5_pick(block, 0, 1), f[2].first);
  const __m256i pairs = _mm256_sub_epi16(pair_sums, f[2].excess);
  const __m256i pairs_high = escape5_high(pairs);
  const __m256i pair_bytes = _mm256_packs_epi16(escape5_low(pairs, pairs_high), pairs_high);
  escape5_store_halves(pair_bytes, out[0].pair_low, out[1].pair_low);
}

/// The tables of all groups of k activations; activations past the end are zero.
static void escape5_prepare_tables(const int8_t *q, size_t k, escape5_tables *out) {
  const escape5_factors factors[3] = {
      escape5_load_factors(escape5_triples[0], escape5_triples[1], escape5_triples[2]),
      escape5_load_factors(escape5_triples[0] + 8, escape5_triples[1] + 8, escape5_triples[2] + 8),
      escape5_load_factors(escape5_pairs[0], escape5_pairs[1], NULL)};
  size_t column = 0;
  for (; column + 16 <= k; column += ESCAPE5_COLUMNS) {
    escape5_store_block(q + column, factors, out + column / ESCAPE5_GROUP);
  }
  for (; column < k; column += ESCAPE5_COLUMNS) {
    int8_t padded[16] = {0};
    memcpy(padded, q + column, k - column < ESCAPE5_COLUMNS ? k - column : ESCAPE5_COLUMNS);
    escape5_store_block(padded, factors, out + column / ESCAPE5_GROUP);
  }
}

#endif
