// `lut2` with AVX-512 BW: two lookups for four weights of 64 rows, straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "planes2-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "planes2-tile-avx2-inl.h"
#include "../common/tile-avx512-inl.h"
#include "../common/tile-gemm-inl.h"

#include "../lut/lookup-avx512-inl.h"
#include "planes2-lookup-inl.h"
#include "planes2-tables-avx2-inl.h"

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, __m512i indices) {
  sums->low = _mm512_add_epi8(sums->low, _mm512_shuffle_epi8(table_at(table), indices));
  sums->high = _mm512_add_epi8(sums->high, _mm512_shuffle_epi8(table_at(table + 16), indices));
}

CK_INLINE void add_unit(const panel_pair weights[], int pairs, const uint8_t *tables, word_sums rows[]) {
  const __m512i nibble = _mm512_set1_epi8(15);
  byte_sums sums[LOOKUP_PAIRS];
#pragma unroll
  for (int p = 0; p < pairs; p++) sums[p] = (byte_sums){_mm512_setzero_si512(), _mm512_setzero_si512()};
#pragma unroll
  for (int i = 0; i < PLANES2_GROUPS; i++) {
    const uint8_t *table = tables + i * LOOKUP_TABLE_BYTES;
#pragma unroll
    for (int p = 0; p < pairs; p++) {
      const __m512i planes = bytes_at(weights[p], (size_t)i * PLANES2_ROWS);
      look_up(&sums[p], table, _mm512_and_si512(planes, nibble));
      look_up(&sums[p], table, _mm512_and_si512(_mm512_srli_epi16(planes, 4), nibble));
    }
  }
#pragma unroll
  for (int p = 0; p < pairs; p++) rows[p] = plus_block(rows[p], sums[p]);
}

#include "../lut/lookup-gemv-avx512-inl.h"

enum { FEW_VECTORS = 8 };  // as with AVX2, where it was measured
#include "../lut/lookup-batches-inl.h"

CK_TARGET_END

static const ck_kernel lut2_avx512 = {
    .name = "lut2",
    .isa = "avx512",
    .packing = "planes2",
    .summary = "two weights per lookup, exact tables in two byte parts, four streams of 32 rows; batches as in tiled",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut2_avx512);

#endif
