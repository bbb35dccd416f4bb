// Unpacks the packing `trit3` into a tile with AVX2.

#ifndef CK_TRIT3_TILE_AVX2_INL_H
#define CK_TRIT3_TILE_AVX2_INL_H

#include <immintrin.h>

#include "../common/target-inl.h"
#include "trit3-inl.h"

// One group of 16 rows, a byte each: the index, and bit 7 is the sign. `shift` brings the group's sign to bit 7.
CK_INLINE __m128i signed_indices(__m128i indices, __m128i signs, int shift) {
  const __m128i sign = _mm_and_si128(_mm_slli_epi16(signs, shift), _mm_set1_epi8((char)0x80));
  return _mm_or_si128(_mm_and_si128(indices, _mm_set1_epi8(15)), sign);
}

// One column of each of four groups of eight rows: the digit with the group's sign, plus one. Where the sign's byte is
// zero, so is the index and its digit.
CK_INLINE __m256i codes_of(__m256i groups, __m128i digits) {
  const __m256i indices = _mm256_and_si256(groups, _mm256_set1_epi8(15));
  const __m256i magnitudes = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(digits), indices);
  return _mm256_add_epi8(_mm256_sign_epi8(magnitudes, groups), _mm256_set1_epi8(1));
}

// Twelve columns of 16 rows, half of a block, to three quads.
CK_INLINE void unpack_half(const uint8_t *bytes, __m128i signs, int shift, uint8_t *codes) {
  // The digits of the numbers 0–13 in balanced ternary.
  const __m128i first = _mm_setr_epi8(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
  const __m128i second = _mm_setr_epi8(0, 0, 1, 1, 1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 0, 0);
  const __m128i third = _mm_setr_epi8(0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, 0, 0);
  const __m128i pair0 = _mm_load_si128((const __m128i *)bytes);
  const __m128i pair1 = _mm_load_si128((const __m128i *)(bytes + TRIT3_ROWS));
  const __m128i group0 = signed_indices(pair0, signs, shift);
  const __m128i group1 = signed_indices(_mm_srli_epi16(pair0, 4), signs, shift + 1);
  const __m128i group2 = signed_indices(pair1, signs, shift + 2);
  const __m128i group3 = signed_indices(_mm_srli_epi16(pair1, 4), signs, shift + 3);
  const __m128i even0 = _mm_unpacklo_epi8(group0, group1), even1 = _mm_unpackhi_epi8(group0, group1);
  const __m128i odd0 = _mm_unpacklo_epi8(group2, group3), odd1 = _mm_unpackhi_epi8(group2, group3);
  const __m256i upper = _mm256_set_m128i(_mm_unpackhi_epi16(even0, odd0), _mm_unpacklo_epi16(even0, odd0));
  const __m256i lower = _mm256_set_m128i(_mm_unpackhi_epi16(even1, odd1), _mm_unpacklo_epi16(even1, odd1));
  __m256i *out = (__m256i *)codes;
  _mm256_store_si256(out, codes_of(upper, first));
  _mm256_store_si256(out + 1, codes_of(lower, first));
  _mm256_store_si256(out + 2, codes_of(upper, second));
  _mm256_store_si256(out + 3, codes_of(lower, second));
  _mm256_store_si256(out + 4, codes_of(upper, third));
  _mm256_store_si256(out + 5, codes_of(lower, third));
}

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 48; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / TRIT3_ROWS * trit3_panel_bytes(k) +
                         column / TRIT3_COLUMNS * TRIT3_BLOCK_BYTES + row % TRIT3_ROWS;
  uint8_t *codes = out->codes;
  for (size_t done = 0; done < columns; done += TRIT3_COLUMNS) {
    const __m128i signs = _mm_load_si128((const __m128i *)(bytes + TRIT3_SIGN_BYTES));
    unpack_half(bytes, signs, 0, codes);
    unpack_half(bytes + 2 * TRIT3_ROWS, signs, 4, codes + 3 * TILE_QUAD_BYTES);
    bytes += TRIT3_BLOCK_BYTES;
    codes += 6 * TILE_QUAD_BYTES;
  }
}

#endif
