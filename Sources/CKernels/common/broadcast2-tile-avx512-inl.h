// Unpacks the broadcast layout into a tile with AVX-512: a block is one register, and each of its fields one quad.

#ifndef CK_BROADCAST2_TILE_AVX512_INL_H
#define CK_BROADCAST2_TILE_AVX512_INL_H

#include <immintrin.h>

#include "broadcast2-inl.h"

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of 16; whole blocks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const __m512i low = _mm512_set1_epi8(3);
  const uint8_t *lines = weights + row / BROADCAST2_ROWS * broadcast2_panel_bytes(k) +
                         column / BROADCAST2_COLUMNS * BROADCAST2_BLOCK_BYTES;
  for (size_t block = 0; block < broadcast2_blocks(columns); block++) {
    const __m512i bytes = _mm512_load_si512(lines + block * BROADCAST2_BLOCK_BYTES);
    uint8_t *fields = out->codes + block * 4 * TILE_QUAD_BYTES;
    _mm512_store_si512(fields, _mm512_and_si512(bytes, low));
    _mm512_store_si512(fields + TILE_QUAD_BYTES, _mm512_and_si512(_mm512_srli_epi16(bytes, 2), low));
    _mm512_store_si512(fields + 2 * TILE_QUAD_BYTES, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low));
    _mm512_store_si512(fields + 3 * TILE_QUAD_BYTES, _mm512_and_si512(_mm512_srli_epi16(bytes, 6), low));
  }
}

#endif
