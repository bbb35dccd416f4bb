// Unpacks the broadcast layout into a tile with AVX2: both have the same order, so a field is a shift and a mask.

#ifndef CK_BROADCAST2_TILE_AVX2_INL_H
#define CK_BROADCAST2_TILE_AVX2_INL_H

#include <immintrin.h>

#include "broadcast2-inl.h"

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const __m256i low = _mm256_set1_epi8(3);
  const uint8_t *lines = weights + row / BROADCAST2_ROWS * broadcast2_panel_bytes(k) +
                         column / BROADCAST2_COLUMNS * BROADCAST2_BLOCK_BYTES;
  for (size_t block = 0; block < broadcast2_blocks(columns); block++) {
    for (int half = 0; half < 2; half++) {
      const __m256i bytes = _mm256_load_si256((const __m256i *)(lines + block * BROADCAST2_BLOCK_BYTES) + half);
      __m256i *fields = (__m256i *)(out->codes + block * 4 * TILE_QUAD_BYTES) + half;
      _mm256_store_si256(fields, _mm256_and_si256(bytes, low));
      _mm256_store_si256(fields + 2, _mm256_and_si256(_mm256_srli_epi16(bytes, 2), low));
      _mm256_store_si256(fields + 4, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low));
      _mm256_store_si256(fields + 6, _mm256_and_si256(_mm256_srli_epi16(bytes, 6), low));
    }
  }
}

#endif
