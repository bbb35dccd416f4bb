// `lut2` with AVX2: two lookups for four weights of 32 rows, straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "planes2-inl.h"

CK_TARGET_BEGIN("avx2" CK_TUNE_X86)

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "planes2-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

// MARK: - One vector

#include "../lut/lookup-avx2-inl.h"
#include "planes2-lookup-inl.h"
#include "planes2-tables-avx2-inl.h"

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, __m256i indices) {
  sums->low = _mm256_add_epi8(sums->low, _mm256_shuffle_epi8(table_at(table), indices));
  sums->high = _mm256_add_epi8(sums->high, _mm256_shuffle_epi8(table_at(table + 16), indices));
}

CK_INLINE void add_unit(const uint8_t *const weights[], int streams, const uint8_t *tables, word_sums rows[]) {
  const __m256i nibble = _mm256_set1_epi8(15);
  byte_sums sums[LOOKUP_STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) sums[s] = (byte_sums){_mm256_setzero_si256(), _mm256_setzero_si256()};
#pragma unroll
  for (int i = 0; i < PLANES2_GROUPS; i++) {
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const __m256i planes = _mm256_load_si256((const __m256i *)weights[s] + i);
      look_up(&sums[s], tables + i * LOOKUP_TABLE_BYTES, _mm256_and_si256(planes, nibble));
      look_up(&sums[s], tables + i * LOOKUP_TABLE_BYTES, _mm256_and_si256(_mm256_srli_epi16(planes, 4), nibble));
    }
  }
#pragma unroll
  for (int s = 0; s < streams; s++) rows[s] = plus_block(rows[s], sums[s]);
}

#include "../lut/lookup-gemv-avx2-inl.h"

// Up to here one vector after the other is faster than unpacking a tile.
enum { FEW_VECTORS = 8 };
#include "../lut/lookup-batches-inl.h"

CK_TARGET_END

static const ck_kernel lut2_avx2 = {
    .name = "lut2",
    .isa = "avx2",
    .packing = "planes2",
    .summary = "two weights per lookup, exact tables in two byte parts, two streams of 32 rows; batches as in tiled",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut2_avx2);

#endif
