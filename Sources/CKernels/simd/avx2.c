// `simd` with AVX2: maddubs on the broadcast layout straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/broadcast2-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2" CK_TUNE_X86)

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  // The fields 4·f that are not shifted down carry codes times four: 8 blocks · 4 · 1024 = 32768 is the most a lane
  // can lose (−32768 fits) and 32512 the most it can gain.
  BLOCKS_PER_FLUSH = 8,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2560,
  STREAMS = 2,
  FEW_VECTORS = 5,  // measured on Zen 3
};

// int16 lanes of eight rows: fields 0 and 2 as they are, fields 1 and 3 times four.
typedef struct {
  __m256i plain;
  __m256i fourfold;
} row_lanes;

CK_INLINE void add_block(row_lanes *lanes, __m256i bytes, const __m256i quads[4]) {
  const __m256i low = _mm256_set1_epi8(3);
  const __m256i high = _mm256_set1_epi8(12);
  const __m256i shifted = _mm256_srli_epi16(bytes, 4);
  lanes->plain = _mm256_add_epi16(lanes->plain, _mm256_maddubs_epi16(_mm256_and_si256(bytes, low), quads[0]));
  lanes->fourfold = _mm256_add_epi16(lanes->fourfold, _mm256_maddubs_epi16(_mm256_and_si256(bytes, high), quads[1]));
  lanes->plain = _mm256_add_epi16(lanes->plain, _mm256_maddubs_epi16(_mm256_and_si256(shifted, low), quads[2]));
  lanes->fourfold = _mm256_add_epi16(lanes->fourfold, _mm256_maddubs_epi16(_mm256_and_si256(shifted, high), quads[3]));
}

CK_INLINE __m256i flushed(row_lanes lanes) {
  return pair_sums(_mm256_add_epi16(lanes.plain, _mm256_srai_epi16(lanes.fourfold, 2)));
}

// Adds up to BLOCKS_PER_FLUSH blocks of each of `streams` panels to the panels' 16 sums.
CK_INLINE void add_blocks(const uint8_t *const panels[], int streams, size_t first, size_t blocks, const int8_t *q,
                          __m256i sums[][2]) {
  const __m256i zero = _mm256_setzero_si256();
  row_lanes lanes[STREAMS][2] = {{{zero, zero}, {zero, zero}}, {{zero, zero}, {zero, zero}}};
  for (size_t block = first; block < first + blocks; block++) {
    const int8_t *x = q + block * BROADCAST2_COLUMNS;
    const __m256i quads[4] = {broadcast_quad(x), broadcast_quad(x + 4), broadcast_quad(x + 8), broadcast_quad(x + 12)};
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const uint8_t *bytes = panels[s] + block * BROADCAST2_BLOCK_BYTES;
      _mm_prefetch((const char *)bytes + PREFETCH_BYTES, _MM_HINT_NTA);
      add_block(&lanes[s][0], _mm256_load_si256((const __m256i *)bytes), quads);
      add_block(&lanes[s][1], _mm256_load_si256((const __m256i *)(bytes + 32)), quads);
    }
  }
#pragma unroll
  for (int s = 0; s < streams; s++) {
    sums[s][0] = _mm256_add_epi32(sums[s][0], flushed(lanes[s][0]));
    sums[s][1] = _mm256_add_epi32(sums[s][1], flushed(lanes[s][1]));
  }
}

CK_INLINE void store_16(int32_t *sums, const __m256i values[2], int32_t less) {
  const __m256i offset = _mm256_set1_epi32(less);
  _mm256_storeu_si256((__m256i *)sums, _mm256_sub_epi32(values[0], offset));
  _mm256_storeu_si256((__m256i *)(sums + 8), _mm256_sub_epi32(values[1], offset));
}

// `streams` panels at once, each from its own part of memory: they share the broadcasts and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks,
                               const ck_activations *x, int32_t *const sums[]) {
  const __m256i zero = _mm256_setzero_si256();
  __m256i totals[STREAMS][2] = {{zero, zero}, {zero, zero}};
  size_t block = 0;
  for (; block + BLOCKS_PER_FLUSH <= blocks; block += BLOCKS_PER_FLUSH) {
    add_blocks(panels, streams, block, BLOCKS_PER_FLUSH, x->q, totals);
  }
  add_blocks(panels, streams, block, blocks - block, x->q, totals);
  for (int s = 0; s < streams; s++) store_16(sums[s], totals[s], x->sum);
}

#include "../common/broadcast2-simd-inl.h"

CK_TARGET_END

static const ck_kernel simd_avx2 = {
    .name = "simd",
    .isa = "avx2",
    .packing = "broadcast2",
    .summary = "broadcast layout with maddubs, two streams of 16 rows; batches as in tiled",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_avx2);

#endif
