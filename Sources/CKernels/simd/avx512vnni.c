// `simd` with AVX-512 VNNI: a block of the broadcast layout is one register; dpbusd straight from memory, batches
// through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/broadcast2-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-avx512-inl.h"
#include "../common/tile-avx512vnni-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  // Fields that carry codes times four grow by at most 2·4·4·128 a block: 2¹⁸ of them, four million columns, stay
  // within int32. A sixteenth of that costs nothing.
  BLOCKS_PER_FLUSH = 1 << 14,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2560,
  STREAMS = 4,
  FEW_VECTORS = 7,  // a tile's chains of dpbusd, one per vector, wait five cycles for each other; eight keep it busy
};

// Int32 sums of 16 rows: fields 0 and 2 as they are, fields 1 and 3 times four.
typedef struct {
  __m512i plain;
  __m512i fourfold;
} row_sums;

CK_INLINE void add_block(row_sums *sums, __m512i bytes, const __m512i quads[4]) {
  const __m512i low = _mm512_set1_epi8(3);
  const __m512i high = _mm512_set1_epi8(12);
  const __m512i shifted = _mm512_srli_epi16(bytes, 4);
  sums->plain = _mm512_dpbusd_epi32(sums->plain, _mm512_and_si512(bytes, low), quads[0]);
  sums->fourfold = _mm512_dpbusd_epi32(sums->fourfold, _mm512_and_si512(bytes, high), quads[1]);
  sums->plain = _mm512_dpbusd_epi32(sums->plain, _mm512_and_si512(shifted, low), quads[2]);
  sums->fourfold = _mm512_dpbusd_epi32(sums->fourfold, _mm512_and_si512(shifted, high), quads[3]);
}

// Adds up to BLOCKS_PER_FLUSH blocks of each of `streams` panels to the panels' 16 sums.
CK_INLINE void add_blocks(const uint8_t *const panels[], int streams, size_t first, size_t blocks, const int8_t *q,
                          __m512i totals[]) {
  row_sums sums[STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) sums[s].plain = sums[s].fourfold = _mm512_setzero_si512();
  for (size_t block = first; block < first + blocks; block++) {
    const int8_t *x = q + block * BROADCAST2_COLUMNS;
    const __m512i quads[4] = {broadcast_quad(x), broadcast_quad(x + 4), broadcast_quad(x + 8), broadcast_quad(x + 12)};
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const uint8_t *bytes = panels[s] + block * BROADCAST2_BLOCK_BYTES;
      _mm_prefetch((const char *)bytes + PREFETCH_BYTES, _MM_HINT_NTA);
      add_block(&sums[s], _mm512_load_si512(bytes), quads);
    }
  }
#pragma unroll
  for (int s = 0; s < streams; s++) {
    const __m512i both = _mm512_add_epi32(sums[s].plain, _mm512_srai_epi32(sums[s].fourfold, 2));
    totals[s] = _mm512_add_epi32(totals[s], both);
  }
}

// `streams` panels at once, each from its own part of memory: they share the broadcasts and the prefetchers see all.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const ck_activations *x,
                               int32_t *const sums[]) {
  __m512i totals[STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) totals[s] = _mm512_set1_epi32(-x->sum);
  for (size_t block = 0; block < blocks; block += BLOCKS_PER_FLUSH) {
    const size_t count = blocks - block < BLOCKS_PER_FLUSH ? blocks - block : BLOCKS_PER_FLUSH;
    add_blocks(panels, streams, block, count, x->q, totals);
  }
#pragma unroll
  for (int s = 0; s < streams; s++) _mm512_storeu_si512(sums[s], totals[s]);
}

#include "../common/broadcast2-simd-inl.h"

CK_TARGET_END

static const ck_kernel simd_avx512vnni = {
    .name = "simd",
    .isa = "avx512vnni",
    .packing = "broadcast2",
    .summary = "broadcast layout with dpbusd, four streams of 16 rows; batches as in tiled",
    .needs = CK_ISA_AVX512BW | CK_ISA_AVX512VNNI,
    .priority = 40,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_avx512vnni);

#endif
