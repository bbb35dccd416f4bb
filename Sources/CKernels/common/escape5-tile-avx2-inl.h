// Unpacks the packing `escape5` into a tile with AVX2: fields to weights by table, then four columns are interleaved.

#ifndef CK_ESCAPE5_TILE_AVX2_INL_H
#define CK_ESCAPE5_TILE_AVX2_INL_H

#include <immintrin.h>
#include <string.h>

#include "escape5-inl.h"
#include "target-inl.h"

enum {
  // Twenty columns are whole groups and whole quads; a register holds 16 rows of two such stretches.
  STRETCH_GROUPS = 4,
  STRETCH_COLUMNS = STRETCH_GROUPS * ESCAPE5_GROUP,
  STRETCH_QUADS = STRETCH_COLUMNS / 4,
  CHUNK_GROUPS = 2 * STRETCH_GROUPS,
  CHUNK_BYTES = CHUNK_GROUPS * ESCAPE5_ROWS,
};

_Static_assert(TILE_COLUMNS % (2 * STRETCH_COLUMNS) == 0, "a tile is whole chunks");

CK_INLINE __m256i weight_table(const int8_t entries[16]) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)entries));
}

CK_INLINE __m256i pair_weight_table(const int8_t entries[8]) {
  int64_t all;
  memcpy(&all, entries, sizeof all);
  return _mm256_set1_epi64x(all);
}

// The codes of five columns, a byte each.
CK_INLINE void unpack_group(__m256i bytes, __m256i codes[ESCAPE5_GROUP]) {
  const __m256i minus_one = _mm256_set1_epi8(-1);
  const escape5_indices fields = escape5_split(bytes);
#pragma unroll
  for (int i = 0; i < 2; i++) {
    const __m256i weights = _mm256_shuffle_epi8(pair_weight_table(escape5_pairs[i]), fields.pair);
    codes[i] = _mm256_sub_epi8(weights, minus_one);
  }
#pragma unroll
  for (int i = 0; i < 3; i++) {
    const __m256i weights = _mm256_shuffle_epi8(weight_table(escape5_triples[i]), fields.triple);
    codes[2 + i] = _mm256_sub_epi8(_mm256_sign_epi8(weights, bytes), minus_one);
  }
}

// Bytes 4·row + i from four columns i, for the 16 rows of each half: quads of two stretches.
CK_INLINE void store_quad(const __m256i columns[4], uint8_t *first, uint8_t *second) {
  const __m256i even_low = _mm256_unpacklo_epi8(columns[0], columns[1]);
  const __m256i even_high = _mm256_unpackhi_epi8(columns[0], columns[1]);
  const __m256i odd_low = _mm256_unpacklo_epi8(columns[2], columns[3]);
  const __m256i odd_high = _mm256_unpackhi_epi8(columns[2], columns[3]);
  const __m256i a = _mm256_unpacklo_epi16(even_low, odd_low), b = _mm256_unpackhi_epi16(even_low, odd_low);
  const __m256i c = _mm256_unpacklo_epi16(even_high, odd_high), d = _mm256_unpackhi_epi16(even_high, odd_high);
  _mm256_store_si256((__m256i *)first, _mm256_permute2x128_si256(a, b, 0x20));
  _mm256_store_si256((__m256i *)first + 1, _mm256_permute2x128_si256(c, d, 0x20));
  _mm256_store_si256((__m256i *)second, _mm256_permute2x128_si256(a, b, 0x31));
  _mm256_store_si256((__m256i *)second + 1, _mm256_permute2x128_si256(c, d, 0x31));
}

// Eight groups of 16 rows, 32 bytes apart.
CK_INLINE void unpack_chunk(const uint8_t *bytes, uint8_t *codes) {
  __m256i columns[STRETCH_COLUMNS];
#pragma unroll
  for (int group = 0; group < STRETCH_GROUPS; group++) {
    const __m128i first = _mm_load_si128((const __m128i *)(bytes + group * ESCAPE5_ROWS));
    const __m128i second = _mm_load_si128((const __m128i *)(bytes + (STRETCH_GROUPS + group) * ESCAPE5_ROWS));
    unpack_group(_mm256_set_m128i(second, first), columns + group * ESCAPE5_GROUP);
  }
#pragma unroll
  for (int quad = 0; quad < STRETCH_QUADS; quad++) {
    uint8_t *out = codes + quad * TILE_QUAD_BYTES;
    store_quad(columns + 4 * quad, out, out + STRETCH_QUADS * TILE_QUAD_BYTES);
  }
}

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of ten; whole chunks are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / ESCAPE5_ROWS * escape5_panel_bytes(k) + column / ESCAPE5_GROUP * ESCAPE5_ROWS;
  const size_t half = row % ESCAPE5_ROWS;
  const size_t chunks = escape5_groups(columns) / CHUNK_GROUPS;
  const size_t codes_per_chunk = 2 * STRETCH_QUADS * TILE_QUAD_BYTES;
  for (size_t i = 0; i < chunks; i++) unpack_chunk(bytes + i * CHUNK_BYTES + half, out->codes + i * codes_per_chunk);
  const size_t rest = escape5_groups(columns) % CHUNK_GROUPS;
  if (rest == 0) return;
  _Alignas(32) uint8_t padded[CHUNK_BYTES];
  memset(padded, ESCAPE5_ZEROS, sizeof padded);
  memcpy(padded, bytes + chunks * CHUNK_BYTES, rest * ESCAPE5_ROWS);
  unpack_chunk(padded + half, out->codes + chunks * codes_per_chunk);
}

#endif
