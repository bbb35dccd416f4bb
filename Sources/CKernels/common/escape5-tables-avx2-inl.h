// What the activations of a group are worth to the fields of the packing `escape5`, as byte tables for vpshufb.
//
// A pair is worth at most 2·128 and a triple 3·128, too much for a byte: T = 25·h + l, with −12 ≤ l ≤ 12. That is exact,
// and leaves room for sums in bytes: a pair and a triple add at most 24 to the sum of l and 10 + 15 to that of h.

#ifndef CK_ESCAPE5_TABLES_AVX2_INL_H
#define CK_ESCAPE5_TABLES_AVX2_INL_H

#include <immintrin.h>
#include <string.h>

#include "align-inl.h"
#include "escape5-inl.h"
#include "target-inl.h"

enum {
  ESCAPE5_RADIX = 25,
  // Sums of bytes hold five groups: 5 · 24 = 120 and 5 · 25 = 125.
  ESCAPE5_FLUSH_GROUPS = 5,
  // round(T / 25) = round(T · 1311 / 2¹⁵) for every |T| ≤ 384, with the rounding of vpmulhrsw.
  ESCAPE5_RECIPROCAL = 1311,
};

/// The l and h of every triple m and of the eight pairs that have a code of their own.
typedef struct {
  _Alignas(16) int8_t triple_low[16];
  int8_t triple_high[16];
  int8_t pair_low[8];
  int8_t pair_high[8];
} escape5_tables;

static inline size_t escape5_tables_bytes(size_t k) {
  return ck_round_up(escape5_groups(k) * sizeof(escape5_tables), 64);
}

/// Products with activations plus 128, which are unsigned: vpmaddubsw wants one such operand. `excess` is what the 128
/// add to each entry. (−128 has no negative, so signs cannot be put on the activations themselves.)
typedef struct {
  __m256i triple_first;   // t₂ and t₃, interleaved
  __m256i triple_second;  // t₄ and zero
  __m256i triple_excess;
  __m128i pair;           // t₀ and t₁
  __m128i pair_excess;
} escape5_factors;

CK_INLINE __m256i escape5_interleaved(__m128i even, __m128i odd) {
  return _mm256_set_m128i(_mm_unpackhi_epi8(even, odd), _mm_unpacklo_epi8(even, odd));
}

CK_INLINE escape5_factors escape5_load_factors(void) {
  const __m128i *triples = (const __m128i *)escape5_triples;
  const __m128i *pairs = (const __m128i *)escape5_pairs;
  const __m128i offset = _mm_set1_epi8((char)128);
  const __m256i offsets = _mm256_set1_epi8((char)128);
  escape5_factors f;
  f.triple_first = escape5_interleaved(_mm_loadu_si128(triples), _mm_loadu_si128(triples + 1));
  f.triple_second = escape5_interleaved(_mm_loadu_si128(triples + 2), _mm_setzero_si128());
  f.triple_excess = _mm256_add_epi16(_mm256_maddubs_epi16(offsets, f.triple_first),
                                     _mm256_maddubs_epi16(offsets, f.triple_second));
  const __m128i both = _mm_loadu_si128(pairs);
  f.pair = _mm_unpacklo_epi8(both, _mm_unpackhi_epi64(both, both));
  f.pair_excess = _mm_maddubs_epi16(offset, f.pair);
  return f;
}

CK_INLINE void escape5_store_triples(__m256i x, const escape5_factors *f, escape5_tables *out) {
  const __m256i first = _mm256_shuffle_epi8(x, _mm256_set1_epi16(0x0302));
  const __m256i second = _mm256_shuffle_epi8(x, _mm256_set1_epi16(0x0404));
  const __m256i sums = _mm256_add_epi16(_mm256_maddubs_epi16(first, f->triple_first),
                                        _mm256_maddubs_epi16(second, f->triple_second));
  const __m256i worth = _mm256_sub_epi16(sums, f->triple_excess);
  const __m256i high = _mm256_mulhrs_epi16(worth, _mm256_set1_epi16(ESCAPE5_RECIPROCAL));
  const __m256i low = _mm256_sub_epi16(worth, _mm256_mullo_epi16(high, _mm256_set1_epi16(ESCAPE5_RADIX)));
  const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8);
  _mm256_storeu_si256((__m256i *)out->triple_low, bytes);
}

CK_INLINE void escape5_store_pairs(__m128i x, const escape5_factors *f, escape5_tables *out) {
  const __m128i sums = _mm_maddubs_epi16(_mm_shuffle_epi8(x, _mm_set1_epi16(0x0100)), f->pair);
  const __m128i worth = _mm_sub_epi16(sums, f->pair_excess);
  const __m128i high = _mm_mulhrs_epi16(worth, _mm_set1_epi16(ESCAPE5_RECIPROCAL));
  const __m128i low = _mm_sub_epi16(worth, _mm_mullo_epi16(high, _mm_set1_epi16(ESCAPE5_RADIX)));
  _mm_store_si128((__m128i *)out->pair_low, _mm_packs_epi16(low, high));
}

// `q` has eight readable bytes, of which five are the group's.
CK_INLINE void escape5_store_group(const int8_t *q, const escape5_factors *f, escape5_tables *out) {
  int64_t bytes;
  memcpy(&bytes, q, sizeof bytes);
  const __m256i x = _mm256_xor_si256(_mm256_set1_epi64x(bytes), _mm256_set1_epi8((char)128));
  escape5_store_triples(x, f, out);
  escape5_store_pairs(_mm256_castsi256_si128(x), f, out);
}

/// The tables of all groups of k activations; activations past the end are zero.
static void escape5_prepare_tables(const int8_t *q, size_t k, escape5_tables *out) {
  const escape5_factors factors = escape5_load_factors();
  size_t group = 0;
  for (; group * ESCAPE5_GROUP + 8 <= k; group++) escape5_store_group(q + group * ESCAPE5_GROUP, &factors, out + group);
  for (; group < escape5_groups(k); group++) {
    int8_t padded[8] = {0};
    const size_t column = group * ESCAPE5_GROUP;
    for (size_t i = 0; i < ESCAPE5_GROUP && column + i < k; i++) padded[i] = q[column + i];
    escape5_store_group(padded, &factors, out + group);
  }
}

#endif
