// `simd` with AVX-512 BW: a block of the broadcast layout is one register; maddubs straight from memory, batches
// through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/broadcast2-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-avx512-inl.h"
#include "../common/tile-avx512-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  // The fields 4·f that are not shifted down carry codes times four: 8 blocks · 4 · 1024 = 32768 is the most a lane
  // can lose (−32768 fits) and 32512 the most it can gain.
  BLOCKS_PER_FLUSH = 8,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2560,
  STREAMS = 4,
  FEW_VECTORS = 5,  // as with AVX2, where it was measured
};

// int16 lanes of 16 rows: fields 0 and 2 as they are, fields 1 and 3 times four.
typedef struct {
  __m512i plain;
  __m512i fourfold;
} row_lanes;

CK_INLINE void add_block(row_lanes *lanes, __m512i bytes, const __m512i quads[4]) {
  const __m512i low = _mm512_set1_epi8(3);
  const __m512i high = _mm512_set1_epi8(12);
  const __m512i shifted = _mm512_srli_epi16(bytes, 4);
  lanes->plain = _mm512_add_epi16(lanes->plain, _mm512_maddubs_epi16(_mm512_and_si512(bytes, low), quads[0]));
  lanes->fourfold = _mm512_add_epi16(lanes->fourfold, _mm512_maddubs_epi16(_mm512_and_si512(bytes, high), quads[1]));
  lanes->plain = _mm512_add_epi16(lanes->plain, _mm512_maddubs_epi16(_mm512_and_si512(shifted, low), quads[2]));
  lanes->fourfold = _mm512_add_epi16(lanes->fourfold, _mm512_maddubs_epi16(_mm512_and_si512(shifted, high), quads[3]));
}

// Adds up to BLOCKS_PER_FLUSH blocks of each of `streams` panels to the panels' 16 sums.
CK_INLINE void add_blocks(const uint8_t *const panels[], int streams, size_t first, size_t blocks, const int8_t *q,
                          __m512i sums[]) {
  row_lanes lanes[STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) lanes[s].plain = lanes[s].fourfold = _mm512_setzero_si512();
  for (size_t block = first; block < first + blocks; block++) {
    const int8_t *x = q + block * BROADCAST2_COLUMNS;
    const __m512i quads[4] = {broadcast_quad(x), broadcast_quad(x + 4), broadcast_quad(x + 8), broadcast_quad(x + 12)};
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const uint8_t *bytes = panels[s] + block * BROADCAST2_BLOCK_BYTES;
      _mm_prefetch((const char *)bytes + PREFETCH_BYTES, _MM_HINT_NTA);
      add_block(&lanes[s], _mm512_load_si512(bytes), quads);
    }
  }
#pragma unroll
  for (int s = 0; s < streams; s++) {
    const __m512i both = _mm512_add_epi16(lanes[s].plain, _mm512_srai_epi16(lanes[s].fourfold, 2));
    sums[s] = _mm512_add_epi32(sums[s], pair_sums(both));
  }
}

// `streams` panels at once, each from its own part of memory: they share the broadcasts and the prefetchers see all.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const ck_activations *x,
                               int32_t *const sums[]) {
  __m512i totals[STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) totals[s] = _mm512_set1_epi32(-x->sum);
  size_t block = 0;
  for (; block + BLOCKS_PER_FLUSH <= blocks; block += BLOCKS_PER_FLUSH) {
    add_blocks(panels, streams, block, BLOCKS_PER_FLUSH, x->q, totals);
  }
  add_blocks(panels, streams, block, blocks - block, x->q, totals);
#pragma unroll
  for (int s = 0; s < streams; s++) _mm512_storeu_si512(sums[s], totals[s]);
}

#include "../common/broadcast2-simd-inl.h"

CK_TARGET_END

static const ck_kernel simd_avx512 = {
    .name = "simd",
    .isa = "avx512",
    .packing = "broadcast2",
    .summary = "broadcast layout with maddubs, four streams of 16 rows; batches as in tiled",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_avx512);

#endif
