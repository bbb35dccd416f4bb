// `lut` with AVX-512 BW: one lookup for three weights of 64 rows, straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "trit3-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq")

enum { TILE_COLUMNS = 1008 };
#include "../common/tile-inl.h"
#include "trit3-tile-avx2-inl.h"
#include "../common/tile-avx512-inl.h"
#include "../common/tile-gemm-inl.h"

#include "lookup-avx512-inl.h"
#include "trit3-lookup-inl.h"
#include "trit3-tables-avx2-inl.h"

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, __m512i indices, __mmask64 negative) {
  const __m512i ones = _mm512_set1_epi8(-1);
  const __m512i low = _mm512_shuffle_epi8(table_at(table), indices);
  const __m512i high = _mm512_shuffle_epi8(table_at(table + 16), indices);
  // −1 − b is the complement, which masks of bytes do not have.
  sums->low = _mm512_add_epi8(sums->low, _mm512_mask_sub_epi8(low, negative, ones, low));
  sums->high = _mm512_add_epi8(sums->high, _mm512_mask_sub_epi8(high, negative, ones, high));
}

CK_INLINE __mmask64 negative_rows(__m512i signs, int group) {
  return _mm512_test_epi8_mask(signs, _mm512_set1_epi8((char)(0x80 >> group)));
}

CK_INLINE void add_block(const panel_pair weights[], int pairs, size_t offset, const uint8_t *tables,
                         word_sums rows[]) {
  const __m512i nibble = _mm512_set1_epi8(15);
  byte_sums sums[LOOKUP_PAIRS];
  __m512i signs[LOOKUP_PAIRS];
#pragma unroll
  for (int p = 0; p < pairs; p++) {
    sums[p] = (byte_sums){_mm512_setzero_si512(), _mm512_setzero_si512()};
    signs[p] = bytes_at(weights[p], offset + TRIT3_SIGN_BYTES);
  }
#pragma unroll
  for (int i = 0; i < TRIT3_GROUPS / 2; i++) {
    const uint8_t *table = tables + 2 * i * LOOKUP_TABLE_BYTES;
#pragma unroll
    for (int p = 0; p < pairs; p++) {
      const __m512i bytes = bytes_at(weights[p], offset + (size_t)i * TRIT3_ROWS);
      look_up(&sums[p], table, _mm512_and_si512(bytes, nibble), negative_rows(signs[p], 2 * i));
      const __m512i second = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble);
      look_up(&sums[p], table + LOOKUP_TABLE_BYTES, second, negative_rows(signs[p], 2 * i + 1));
    }
  }
#pragma unroll
  for (int p = 0; p < pairs; p++) rows[p] = plus_block(rows[p], sums[p]);
}

CK_INLINE void add_unit(const panel_pair weights[], int pairs, const uint8_t *tables, word_sums rows[]) {
  add_block(weights, pairs, 0, tables, rows);
  add_block(weights, pairs, TRIT3_BLOCK_BYTES, tables + BLOCK_TABLE_BYTES, rows);
}

#include "lookup-gemv-avx512-inl.h"

enum { FEW_VECTORS = 10 };  // as with AVX2, where it was measured
#include "lookup-batches-inl.h"

CK_TARGET_END

static const ck_kernel lut_avx512 = {
    .name = "lut",
    .isa = "avx512",
    .packing = "trit3",
    .summary = "three weights per lookup, exact tables in two byte parts, four streams of 32 rows; batches as in tiled",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut_avx512);

#endif
