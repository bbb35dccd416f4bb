// `lut` with AVX2: one lookup for three weights of 32 rows, straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "trit3-inl.h"

CK_TARGET_BEGIN("avx2")

enum { TILE_COLUMNS = 1008 };
#include "../common/tile-inl.h"
#include "trit3-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

// MARK: - One vector

#include "lookup-avx2-inl.h"

enum {
  // A unit is two blocks.
  UNIT_BYTES = 2 * TRIT3_BLOCK_BYTES,
  BLOCK_TABLE_BYTES = TRIT3_GROUPS * LOOKUP_TABLE_BYTES,
  UNIT_TABLE_BYTES = 2 * BLOCK_TABLE_BYTES,
  // A complemented byte is −1 − b: a group T that is looked up as E = T − 15 = 29·h + l becomes, with both parts
  // complemented, −E − 30 = −T − 15. One xor is the sign, and every group's sum is 15 too low.
  SHORTFALL = (LOOKUP_BASE + 1) / 2,
  // A lane loses at most 8·(384 + 15) per block: ten blocks make −31920.
  UNITS_PER_WIDENING = 5,
};

static inline size_t unit_count(size_t k) { return trit3_blocks(k) / 2; }

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, __m256i indices, __m256i signs) {
  const __m256i negative = _mm256_cmpgt_epi8(_mm256_setzero_si256(), signs);
  const __m256i low = _mm256_shuffle_epi8(table_at(table), indices);
  const __m256i high = _mm256_shuffle_epi8(table_at(table + 16), indices);
  sums->low = _mm256_add_epi8(sums->low, _mm256_xor_si256(low, negative));
  sums->high = _mm256_add_epi8(sums->high, _mm256_xor_si256(high, negative));
}

// Brings the next group's sign to bit 7. Compilers would make every group's sign from the first one, a shift and a mask
// each; the barrier keeps the one addition, which any of the four vector units can do.
CK_INLINE __m256i next_signs(__m256i signs) {
  signs = _mm256_add_epi8(signs, signs);
  __asm__("" : CK_PLACE(signs));
  return signs;
}

CK_INLINE void add_block(const uint8_t *const weights[], int streams, size_t offset, const uint8_t *tables,
                         row_sums rows[]) {
  const __m256i nibble = _mm256_set1_epi8(15);
  byte_sums sums[LOOKUP_STREAMS];
  __m256i signs[LOOKUP_STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) {
    sums[s] = (byte_sums){_mm256_setzero_si256(), _mm256_setzero_si256()};
    signs[s] = _mm256_load_si256((const __m256i *)(weights[s] + offset + TRIT3_SIGN_BYTES));
  }
#pragma unroll
  for (int i = 0; i < TRIT3_GROUPS / 2; i++) {
    const uint8_t *table = tables + 2 * i * LOOKUP_TABLE_BYTES;
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const __m256i pair = _mm256_load_si256((const __m256i *)(weights[s] + offset) + i);
      look_up(&sums[s], table, _mm256_and_si256(pair, nibble), signs[s]);
      signs[s] = next_signs(signs[s]);
      const __m256i second = _mm256_and_si256(_mm256_srli_epi16(pair, 4), nibble);
      look_up(&sums[s], table + LOOKUP_TABLE_BYTES, second, signs[s]);
      signs[s] = next_signs(signs[s]);
    }
  }
#pragma unroll
  for (int s = 0; s < streams; s++) rows[s] = plus_block(rows[s], sums[s]);
}

CK_INLINE void add_unit(const uint8_t *const weights[], int streams, const uint8_t *tables, row_sums rows[]) {
  add_block(weights, streams, 0, tables, rows);
  add_block(weights, streams, TRIT3_BLOCK_BYTES, tables + BLOCK_TABLE_BYTES, rows);
}

#include "lookup-gemv-avx2-inl.h"

// MARK: - Tables

// The tables of groups i and i + 1 of twelve columns, of which `eight` holds the first eight twice, `four` the others.
CK_INLINE void store_two(uint8_t *tables, __m256i eight, __m256i four, int i) {
  const __m256i first = every_word(eight, i, i + 1);
  const __m256i second = every_word(eight, i + 4, i + 5);
  const __m256i third = every_word(four, i, i + 1);
  const __m256i shifted = _mm256_sub_epi16(first, _mm256_set1_epi16(SHORTFALL));
  // The digits of the numbers 0–7, where 4 = 9·0 + 3·1 + 1 and 5 = 9·1 − 3·1 − 1, and of 8–13.
  const __m256i second_low = _mm256_broadcastsi128_si256(_mm_setr_epi16(0, 0, 1, 1, 1, -1, -1, -1));
  const __m256i third_low = _mm256_broadcastsi128_si256(_mm_setr_epi16(0, 1, -1, 0, 1, -1, 0, 1));
  const __m256i second_high = _mm256_broadcastsi128_si256(_mm_setr_epi16(0, 0, 0, -1, -1, -1, 0, 0));
  const __m256i third_high = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, 0, 1, -1, 0, 1, 0, 0));
  const __m256i without = _mm256_set1_epi16(-SHORTFALL);
  const __m256i first_low = _mm256_blend_epi16(without, shifted, 0xe0);
  const __m256i lower = _mm256_add_epi16(_mm256_add_epi16(first_low, _mm256_sign_epi16(second, second_low)),
                                         _mm256_sign_epi16(third, third_low));
  const __m256i upper = _mm256_add_epi16(_mm256_add_epi16(shifted, _mm256_and_si256(second, second_high)),
                                         _mm256_sign_epi16(third, third_high));
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

static void prepare_tables(const int8_t *q, size_t k, lookup_tables *out) {
  const size_t padded_columns = trit3_blocks(k) * TRIT3_COLUMNS;
  out->start = (int32_t)(padded_columns / 3 * SHORTFALL);
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

// MARK: - The row

// Up to here one vector after the other is faster than unpacking a tile.
enum { FEW_VECTORS = 10 };

static size_t prepared_bytes(size_t k, size_t m) {
  return m <= FEW_VECTORS ? lookup_bytes(k) : ck_activations_bytes(k, m);
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  if (m <= FEW_VECTORS) {
    prepare_tables(q, k, prepared);
  } else {
    ck_activations_prepare(q, k, m, prepared);
  }
}

static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  if (m <= FEW_VECTORS) {
    multiply_few(weights, k, row_begin, row_end, prepared, m, sums, stride);
  } else {
    multiply_tiles(weights, k, row_begin, row_end, prepared, m, sums, stride);
  }
}

CK_TARGET_END

static const ck_kernel lut_avx2 = {
    .name = "lut",
    .isa = "avx2",
    .packing = "trit3",
    .summary = "three weights per lookup, exact tables in two byte parts, two streams of 32 rows; batches as in tiled",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut_avx2);

#endif
