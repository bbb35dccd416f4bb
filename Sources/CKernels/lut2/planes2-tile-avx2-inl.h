// Unpacks the packing `planes2` into a tile with AVX2.

#ifndef CK_PLANES2_TILE_AVX2_INL_H
#define CK_PLANES2_TILE_AVX2_INL_H

#include <immintrin.h>

#include "../common/target-inl.h"
#include "planes2-inl.h"

// Four groups of eight rows, a byte each in the order of a quad, to four quads' codes.
CK_INLINE void unpack_groups(__m256i groups, __m256i *quads) {
  // Each bit of an index at every other bit of a byte: the sum of two planes is four codes of two bits.
  const __m256i spread = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 1, 4, 5, 16, 17, 20, 21, 64, 65, 68, 69, 80, 81, 84, 85));
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i code = _mm256_set1_epi8(3);
  const __m256i first = _mm256_shuffle_epi8(spread, _mm256_and_si256(groups, nibble));
  const __m256i second = _mm256_shuffle_epi8(spread, _mm256_and_si256(_mm256_srli_epi16(groups, 4), nibble));
  const __m256i codes = _mm256_add_epi8(first, second);
  _mm256_store_si256(quads, _mm256_and_si256(codes, code));
  _mm256_store_si256(quads + 2, _mm256_and_si256(_mm256_srli_epi16(codes, 2), code));
  _mm256_store_si256(quads + 4, _mm256_and_si256(_mm256_srli_epi16(codes, 4), code));
  _mm256_store_si256(quads + 6, _mm256_and_si256(_mm256_srli_epi16(codes, 6), code));
}

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / PLANES2_ROWS * planes2_panel_bytes(k) +
                         column / PLANES2_COLUMNS * PLANES2_BLOCK_BYTES + row % PLANES2_ROWS;
  for (size_t block = 0; block < planes2_blocks(columns); block++, bytes += PLANES2_BLOCK_BYTES) {
    const __m128i group0 = _mm_load_si128((const __m128i *)bytes);
    const __m128i group1 = _mm_load_si128((const __m128i *)(bytes + PLANES2_ROWS));
    const __m128i group2 = _mm_load_si128((const __m128i *)(bytes + 2 * PLANES2_ROWS));
    const __m128i group3 = _mm_load_si128((const __m128i *)(bytes + 3 * PLANES2_ROWS));
    const __m128i left0 = _mm_unpacklo_epi8(group0, group1), left1 = _mm_unpackhi_epi8(group0, group1);
    const __m128i right0 = _mm_unpacklo_epi8(group2, group3), right1 = _mm_unpackhi_epi8(group2, group3);
    __m256i *quads = (__m256i *)(out->codes + block * 4 * TILE_QUAD_BYTES);
    unpack_groups(_mm256_set_m128i(_mm_unpackhi_epi16(left0, right0), _mm_unpacklo_epi16(left0, right0)), quads);
    unpack_groups(_mm256_set_m128i(_mm_unpackhi_epi16(left1, right1), _mm_unpacklo_epi16(left1, right1)), quads + 1);
  }
}

#endif
