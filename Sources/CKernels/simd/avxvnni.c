// `simd` with AVX-VNNI: dpbusd on the broadcast layout straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/broadcast2-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,avxvnni")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-avx2-inl.h"
#include "../common/tile-avxvnni-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  // Fields that carry codes times four grow by at most 2·4·4·128 a block: 2¹⁸ of them, four million columns, stay
  // within int32. A sixteenth of that costs nothing.
  BLOCKS_PER_FLUSH = 1 << 14,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2560,
  STREAMS = 2,
  FEW_VECTORS = 5,  // as with AVX2, where it was measured
};

// Int32 sums of eight rows: fields 0 and 2 as they are, fields 1 and 3 times four.
typedef struct {
  __m256i plain;
  __m256i fourfold;
} row_sums;

CK_INLINE __m256i flushed(row_sums sums) {
  return _mm256_add_epi32(sums.plain, _mm256_srai_epi32(sums.fourfold, 2));
}

// Adds a block of each of `halves` half panels, field by field: eight sums, four vectors of bytes, two masks, a
// broadcast and a product are all 16 registers. The barriers keep the compiler from loading broadcasts before their
// turn, which would spill others.
CK_INLINE void add_block(row_sums sums[], const __m256i *const lines[], int halves, const int8_t *x) {
  const __m256i low = _mm256_set1_epi8(3);
  const __m256i high = _mm256_set1_epi8(12);
  __m256i bytes[2 * STREAMS];
#pragma unroll
  for (int h = 0; h < halves; h++) bytes[h] = _mm256_load_si256(lines[h]);
#pragma unroll
  for (int pair = 0; pair < 2; pair++) {
    const __m256i even = broadcast_quad(x + 8 * pair);
#pragma unroll
    for (int h = 0; h < halves; h++) {
      sums[h].plain = _mm256_dpbusd_avx_epi32(sums[h].plain, _mm256_and_si256(bytes[h], low), even);
    }
    __asm__ volatile("" ::: "memory");
    const __m256i odd = broadcast_quad(x + 8 * pair + 4);
#pragma unroll
    for (int h = 0; h < halves; h++) {
      sums[h].fourfold = _mm256_dpbusd_avx_epi32(sums[h].fourfold, _mm256_and_si256(bytes[h], high), odd);
      bytes[h] = _mm256_srli_epi16(bytes[h], 4);
    }
    __asm__ volatile("" ::: "memory");
  }
}

// Adds up to BLOCKS_PER_FLUSH blocks of each of `streams` panels to the panels' 16 sums.
CK_INLINE void add_blocks(const uint8_t *const panels[], int streams, size_t first, size_t blocks, const int8_t *q,
                          __m256i totals[][2]) {
  row_sums sums[2 * STREAMS];
#pragma unroll
  for (int h = 0; h < 2 * streams; h++) sums[h].plain = sums[h].fourfold = _mm256_setzero_si256();
  for (size_t block = first; block < first + blocks; block++) {
    const __m256i *lines[2 * STREAMS];
#pragma unroll
    for (int s = 0; s < streams; s++) {
      lines[2 * s] = (const __m256i *)(panels[s] + block * BROADCAST2_BLOCK_BYTES);
      lines[2 * s + 1] = lines[2 * s] + 1;
      _mm_prefetch((const char *)lines[2 * s] + PREFETCH_BYTES, _MM_HINT_NTA);
    }
    add_block(sums, lines, 2 * streams, q + block * BROADCAST2_COLUMNS);
  }
#pragma unroll
  for (int s = 0; s < streams; s++) {
    totals[s][0] = _mm256_add_epi32(totals[s][0], flushed(sums[2 * s]));
    totals[s][1] = _mm256_add_epi32(totals[s][1], flushed(sums[2 * s + 1]));
  }
}

// `streams` panels at once, each from its own part of memory: they share the broadcasts and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const ck_activations *x,
                               int32_t *const sums[]) {
  const __m256i start = _mm256_set1_epi32(-x->sum);
  __m256i totals[STREAMS][2] = {{start, start}, {start, start}};
  for (size_t block = 0; block < blocks; block += BLOCKS_PER_FLUSH) {
    const size_t count = blocks - block < BLOCKS_PER_FLUSH ? blocks - block : BLOCKS_PER_FLUSH;
    add_blocks(panels, streams, block, count, x->q, totals);
  }
#pragma unroll
  for (int s = 0; s < streams; s++) {
    _mm256_storeu_si256((__m256i *)sums[s], totals[s][0]);
    _mm256_storeu_si256((__m256i *)(sums[s] + 8), totals[s][1]);
  }
}

#include "../common/broadcast2-simd-inl.h"

CK_TARGET_END

static const ck_kernel simd_avxvnni = {
    .name = "simd",
    .isa = "avxvnni",
    .packing = "broadcast2",
    .summary = "broadcast layout with dpbusd, two streams of 16 rows; batches as in tiled",
    .needs = CK_ISA_AVX2 | CK_ISA_AVXVNNI,
    .priority = 20,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_avxvnni);

#endif
