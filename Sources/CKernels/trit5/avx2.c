// `trit5` with AVX2: five weights a byte, looked up a pair and a triple at a time; batches go through tiles.
//
// 32 bytes, 160 weights, take 15 vector instructions: five for the indices, four lookups, two signs, four additions;
// one more is what it costs to widen sums of bytes. `simd` takes 13 for 128 weights. From the cache a Zen 3 core
// multiplies as many weights a second as with `simd`, within 2 %, and about two and a half times as many as by taking
// digits apart with multiplications. The count of instructions is the limit: 3.3 of 4 vector instructions issue in a
// cycle, and two on free ports in place of one on a busy port (a minimum for the blend, a comparison and two XORs for
// the signs) make it slower. Where a core has 30 GB/s to itself, the matrices of a 2B model take the same time as with
// `simd`, within 2 %, on one and on two cores; where `simd` waits for memory, this reads a fifth less. Preparing a
// vector costs about twice what a copy and a sum cost.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

// A model of instruction order is worth 4–6 % here over none: five groups of two panels are one long block.
CK_TARGET_BEGIN("avx2" CK_TUNE_X86)

#include "../common/escape5-avx2-inl.h"
#include "../common/escape5-tables-avx2-inl.h"

// 192 groups of weights are 240 quads of columns.
enum { TILE_COLUMNS = 960 };
#include "../common/tile-inl.h"
#include "../common/escape5-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  FEW_VECTORS = 6,
  // int16 lanes hold the products of 250 columns: 250 · 128 = 32000.
  FLUSHES_PER_WIDENING = 10,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2560,
  FLUSH_BYTES = ESCAPE5_FLUSH_GROUPS * ESCAPE5_ROWS,
  STREAMS = 2,
};

// Sums of 32 rows, a byte each, of the two halves that table entries are split into.
typedef struct {
  __m256i low;
  __m256i high;
} byte_lanes;

// Sums of 32 rows as int16: rows 0–7 and 16–23, rows 8–15 and 24–31.
typedef struct {
  __m256i first;
  __m256i second;
} word_lanes;

CK_INLINE __m256i table_16(const int8_t entries[16]) {
  return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)entries));
}

CK_INLINE __m256i table_8(const int8_t entries[8]) {
  int64_t all;
  memcpy(&all, entries, sizeof all);
  return _mm256_set1_epi64x(all);
}

// One group of one panel. The sign of a triple is that of its byte; a byte of zero has m = 0, which is worth zero.
CK_INLINE void add_group(const uint8_t *weights, const escape5_tables *x, byte_lanes *lanes) {
  const __m256i bytes = _mm256_load_si256((const __m256i *)weights);
  const escape5_indices at = escape5_split(bytes);
  const __m256i low = _mm256_sign_epi8(_mm256_shuffle_epi8(table_16(x->triple_low), at.triple), bytes);
  const __m256i high = _mm256_sign_epi8(_mm256_shuffle_epi8(table_16(x->triple_high), at.triple), bytes);
  const __m256i pair_low = _mm256_shuffle_epi8(table_8(x->pair_low), at.pair);
  const __m256i pair_high = _mm256_shuffle_epi8(table_8(x->pair_high), at.pair);
  lanes->low = _mm256_add_epi8(lanes->low, _mm256_add_epi8(low, pair_low));
  lanes->high = _mm256_add_epi8(lanes->high, _mm256_add_epi8(high, pair_high));
}

// 25·h + l of every row.
CK_INLINE void flush(byte_lanes lanes, word_lanes *words) {
  const __m256i factors = _mm256_set1_epi16(ESCAPE5_RADIX << 8 | 1);
  const __m256i first = _mm256_unpacklo_epi8(lanes.low, lanes.high);
  const __m256i second = _mm256_unpackhi_epi8(lanes.low, lanes.high);
  words->first = _mm256_add_epi16(words->first, _mm256_maddubs_epi16(factors, first));
  words->second = _mm256_add_epi16(words->second, _mm256_maddubs_epi16(factors, second));
}

CK_INLINE void prefetch(const uint8_t *bytes) {
#pragma unroll
  for (int i = 0; i < FLUSH_BYTES; i += 64) _mm_prefetch((const char *)bytes + PREFETCH_BYTES + i, _MM_HINT_NTA);
}

// As many groups of each of `streams` panels as bytes can sum.
CK_INLINE void add_groups(const uint8_t *const panels[], int streams, size_t first, const escape5_tables *x,
                          word_lanes words[]) {
  const __m256i zero = _mm256_setzero_si256();
  byte_lanes lanes[STREAMS] = {{zero, zero}, {zero, zero}};
#pragma unroll
  for (int s = 0; s < streams; s++) prefetch(panels[s] + first * ESCAPE5_ROWS);
#pragma unroll
  for (size_t i = 0; i < ESCAPE5_FLUSH_GROUPS; i++) {
#pragma unroll
    for (int s = 0; s < streams; s++) add_group(panels[s] + (first + i) * ESCAPE5_ROWS, x + first + i, &lanes[s]);
  }
#pragma unroll
  for (int s = 0; s < streams; s++) flush(lanes[s], &words[s]);
}

// Fewer groups than that, at the end of a row.
CK_INLINE void add_rest(const uint8_t *panel, size_t first, size_t groups, const escape5_tables *x, word_lanes *words) {
  byte_lanes lanes = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  for (size_t i = first; i < first + groups; i++) add_group(panel + i * ESCAPE5_ROWS, x + i, &lanes);
  flush(lanes, words);
}

// Adds the groups from `first` that int16 lanes can sum, and returns how many there were.
CK_INLINE size_t add_span(const uint8_t *const panels[], int streams, size_t first, size_t groups,
                          const escape5_tables *x, int32_t *const sums[]) {
  const __m256i zero = _mm256_setzero_si256();
  word_lanes words[STREAMS] = {{zero, zero}, {zero, zero}};
  const size_t most = FLUSHES_PER_WIDENING * ESCAPE5_FLUSH_GROUPS;
  const size_t end = groups - first < most ? groups : first + most;
  size_t group = first;
  for (; group + ESCAPE5_FLUSH_GROUPS <= end; group += ESCAPE5_FLUSH_GROUPS) {
    add_groups(panels, streams, group, x, words);
  }
  for (int s = 0; s < streams && group < end; s++) add_rest(panels[s], group, end - group, x, &words[s]);
  for (int s = 0; s < streams; s++) escape5_widen(words[s].first, words[s].second, sums[s]);
  return end - first;
}

// `streams` panels at once, each from its own part of memory: they share the tables and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const escape5_tables *x,
                               int32_t *const sums[]) {
  const size_t groups = blocks * ESCAPE5_BLOCK_GROUPS;
  for (int s = 0; s < streams; s++) memset(sums[s], 0, ESCAPE5_ROWS * sizeof *sums[s]);
  for (size_t group = 0; group < groups;) group += add_span(panels, streams, group, groups, x, sums);
}

#include "../common/escape5-lookup-inl.h"

CK_TARGET_END

static const ck_kernel trit5_avx2 = {
    .name = "trit5",
    .isa = "avx2",
    .packing = "escape5",
    .summary = "five weights a byte, looked up as a pair and a triple, two streams of 32 rows; batches through tiles",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(trit5_avx2);

#endif
