// `lut` with AVX2: one lookup for three weights of 32 rows, straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "trit3-inl.h"

CK_TARGET_BEGIN("avx2" CK_TUNE_X86)

enum { TILE_COLUMNS = 1008 };
#include "../common/tile-inl.h"
#include "trit3-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

// MARK: - One vector

#include "lookup-avx2-inl.h"
#include "trit3-lookup-inl.h"
#include "trit3-tables-avx2-inl.h"

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
                         word_sums rows[]) {
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

CK_INLINE void add_unit(const uint8_t *const weights[], int streams, const uint8_t *tables, word_sums rows[]) {
  add_block(weights, streams, 0, tables, rows);
  add_block(weights, streams, TRIT3_BLOCK_BYTES, tables + BLOCK_TABLE_BYTES, rows);
}

#include "lookup-gemv-avx2-inl.h"

// Up to here one vector after the other is faster than unpacking a tile.
enum { FEW_VECTORS = 10 };
#include "lookup-batches-inl.h"

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
