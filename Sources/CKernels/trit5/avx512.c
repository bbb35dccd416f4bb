// `trit5` with AVX-512 BW: a register holds a block, two groups of 32 rows, each half with the tables of its group;
// batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,avx512f,avx512bw,avx512vl,avx512dq")

#include "../common/escape5-avx2-inl.h"
#include "../common/escape5-tables-avx2-inl.h"

// 192 groups of weights are 240 quads of columns.
enum { TILE_COLUMNS = 960 };
#include "../common/tile-inl.h"
#include "../common/escape5-tile-avx2-inl.h"
#include "../common/tile-avx512-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  FEW_VECTORS = 6,  // as with AVX2, where it was measured
  // A lane sums every other group: 50 blocks are the products of 250 columns, 250 · 128 = 32000.
  FLUSHES_PER_WIDENING = 10,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2560,
  STREAMS = 4,
};

// The two halves that table entries are split into: of 32 rows, or their sums, for the two groups of a block.
typedef struct {
  __m512i low;
  __m512i high;
} byte_lanes;

// Sums of 32 rows as int16, twice: rows 0–7 and 16–23, rows 8–15 and 24–31.
typedef struct {
  __m512i first;
  __m512i second;
} word_lanes;

typedef struct {
  byte_lanes triple;
  byte_lanes pair;
} block_tables;

CK_INLINE __m512i table_16(const int8_t first[16], const int8_t second[16]) {
  const __m512i all = _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)first));
  return _mm512_mask_broadcast_i32x4(all, 0xff00, _mm_load_si128((const __m128i *)second));
}

CK_INLINE __m512i table_8(const int8_t first[8], const int8_t second[8]) {
  int64_t entries[2];
  memcpy(&entries[0], first, sizeof entries[0]);
  memcpy(&entries[1], second, sizeof entries[1]);
  return _mm512_mask_set1_epi64(_mm512_set1_epi64(entries[0]), 0xf0, entries[1]);
}

CK_INLINE block_tables load_tables(const escape5_tables x[2]) {
  return (block_tables){
      {table_16(x[0].triple_low, x[1].triple_low), table_16(x[0].triple_high, x[1].triple_high)},
      {table_8(x[0].pair_low, x[1].pair_low), table_8(x[0].pair_high, x[1].pair_high)},
  };
}

// A minimum stands for AVX2's blend: an escaped byte less 14 · 8 is m, below its field of 14 or 15; any other wraps
// round to at least 144, above its field.
CK_INLINE void add_block(const uint8_t *weights, const block_tables *x, byte_lanes *lanes) {
  const __m512i bytes = _mm512_load_si512(weights);
  const uint64_t negative = _mm512_movepi8_mask(bytes);
  const __m512i zero = _mm512_setzero_si512();
  const __m512i unsigned_part = _mm512_and_si512(bytes, _mm512_set1_epi8(127));
  const __m512i field = _mm512_and_si512(_mm512_srli_epi16(bytes, 3), _mm512_set1_epi8(15));
  const __m512i pair = _mm512_add_epi8(unsigned_part, _mm512_set1_epi8(16));
  const __m512i triple = _mm512_min_epu8(field, _mm512_sub_epi8(unsigned_part, _mm512_set1_epi8(ESCAPE5_ZEROS)));
  const __m512i low = _mm512_shuffle_epi8(x->triple.low, triple);
  const __m512i high = _mm512_shuffle_epi8(x->triple.high, triple);
  lanes->low = _mm512_add_epi8(lanes->low, _mm512_shuffle_epi8(x->pair.low, pair));
  lanes->high = _mm512_add_epi8(lanes->high, _mm512_shuffle_epi8(x->pair.high, pair));
  lanes->low = _mm512_add_epi8(lanes->low, _mm512_mask_sub_epi8(low, negative, zero, low));
  lanes->high = _mm512_add_epi8(lanes->high, _mm512_mask_sub_epi8(high, negative, zero, high));
}

// 25·h + l of every row.
CK_INLINE void flush(byte_lanes lanes, word_lanes *words) {
  const __m512i factors = _mm512_set1_epi16(ESCAPE5_RADIX << 8 | 1);
  const __m512i first = _mm512_unpacklo_epi8(lanes.low, lanes.high);
  const __m512i second = _mm512_unpackhi_epi8(lanes.low, lanes.high);
  words->first = _mm512_add_epi16(words->first, _mm512_maddubs_epi16(factors, first));
  words->second = _mm512_add_epi16(words->second, _mm512_maddubs_epi16(factors, second));
}

// Up to ESCAPE5_FLUSH_GROUPS blocks of each of `streams` panels: every byte sums one of a block's two groups.
CK_INLINE void add_blocks(const uint8_t *const panels[], int streams, size_t first, size_t blocks,
                          const escape5_tables *x, word_lanes words[]) {
  byte_lanes lanes[STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) lanes[s].low = lanes[s].high = _mm512_setzero_si512();
  for (size_t block = first; block < first + blocks; block++) {
    const block_tables tables = load_tables(x + block * ESCAPE5_BLOCK_GROUPS);
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const uint8_t *bytes = panels[s] + block * ESCAPE5_BLOCK_BYTES;
      _mm_prefetch((const char *)bytes + PREFETCH_BYTES, _MM_HINT_NTA);
      add_block(bytes, &tables, &lanes[s]);
    }
  }
#pragma unroll
  for (int s = 0; s < streams; s++) flush(lanes[s], &words[s]);
}

// Adds the blocks from `first` that int16 lanes can sum, and returns how many there were.
CK_INLINE size_t add_span(const uint8_t *const panels[], int streams, size_t first, size_t blocks,
                          const escape5_tables *x, int32_t *const sums[]) {
  word_lanes words[STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) words[s].first = words[s].second = _mm512_setzero_si512();
  const size_t most = FLUSHES_PER_WIDENING * ESCAPE5_FLUSH_GROUPS;
  const size_t end = blocks - first < most ? blocks : first + most;
  size_t block = first;
  for (; block + ESCAPE5_FLUSH_GROUPS <= end; block += ESCAPE5_FLUSH_GROUPS) {
    add_blocks(panels, streams, block, ESCAPE5_FLUSH_GROUPS, x, words);
  }
  add_blocks(panels, streams, block, end - block, x, words);
#pragma unroll
  for (int s = 0; s < streams; s++) {
    escape5_widen(_mm512_castsi512_si256(words[s].first), _mm512_castsi512_si256(words[s].second), sums[s]);
    escape5_widen(_mm512_extracti64x4_epi64(words[s].first, 1), _mm512_extracti64x4_epi64(words[s].second, 1), sums[s]);
  }
  return end - first;
}

// `streams` panels at once, each from its own part of memory: they share the tables and the prefetchers see all.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const escape5_tables *x,
                               int32_t *const sums[]) {
  for (int s = 0; s < streams; s++) memset(sums[s], 0, ESCAPE5_ROWS * sizeof *sums[s]);
  for (size_t block = 0; block < blocks;) block += add_span(panels, streams, block, blocks, x, sums);
}

#include "../common/escape5-lookup-inl.h"

CK_TARGET_END

static const ck_kernel trit5_avx512 = {
    .name = "trit5",
    .isa = "avx512",
    .packing = "escape5",
    .summary = "five weights a byte, looked up as a pair and a triple, four streams of 32 rows; batches through tiles",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(trit5_avx512);

#endif
