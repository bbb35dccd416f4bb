// `trit5` with AVX2.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/escape5-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2")

// MARK: - Tables

enum {
  // A table entry T, at most 384 in size, is RADIX·h + l with |l| ≤ 12 and |h| ≤ 15, for a pair |h| ≤ 10.
  RADIX = 25,
  // Bytes hold five groups of a pair and a triple: 5 · (12 + 12) = 120 and 5 · (15 + 10) = 125.
  GROUPS_PER_FLUSH = 5,
  // int16 lanes hold 50 groups of at most 5 · 128.
  FLUSHES_PER_WIDENING = 10,
  PREFETCH_BYTES = 2560,
  STREAMS = 2,
};

/// What a group's five activations are worth to each value of a byte's fields, split into l and h.
typedef struct {
  int8_t triple_low[16];
  int8_t triple_high[16];
  int8_t pair_low[8];
  int8_t pair_high[8];
} group_tables;

static size_t prepared_bytes(size_t k, size_t m) {
  (void)m;
  return ck_round_up(escape5_blocks(k) * ESCAPE5_BLOCK_GROUPS * sizeof(group_tables), 64);
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  (void)m;
  group_tables *t = prepared;
  for (size_t g = 0; g < escape5_blocks(k) * 2; g++) {
    int a[5];
    for (int i = 0; i < 5; i++) a[i] = g * 5 + i < k ? q[g * 5 + i] : 0;
    for (int mm = 0; mm < 16; mm++) {
      int8_t w[5] = {0};
      if (mm < 14) escape5_decode(mm << 3, w);
      int v = w[2] * a[2] + w[3] * a[3] + w[4] * a[4];
      int h = (v * 1311 + 16384) >> 15;
      t[g].triple_high[mm] = h;
      t[g].triple_low[mm] = v - 25 * h;
    }
    for (int u = 0; u < 8; u++) {
      int8_t w[5];
      escape5_decode(u, w);
      int v = w[0] * a[0] + w[1] * a[1];
      int h = (v * 1311 + 16384) >> 15;
      t[g].pair_high[u] = h;
      t[g].pair_low[u] = v - 25 * h;
    }
  }
}

// MARK: - One vector

typedef struct { __m256i low, high; } byte_lanes;
typedef struct { __m256i a, b; } word_lanes;

CK_INLINE __m256i table_16(const int8_t *entries) {
  return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)entries));
}
CK_INLINE __m256i table_8(const int8_t *entries) {
  int64_t e;
  memcpy(&e, entries, 8);
  return _mm256_set1_epi64x(e);
}

CK_INLINE void add_group(byte_lanes *lanes, const uint8_t *weights, const __m256i tables[4]) {
  const __m256i bytes = _mm256_load_si256((const __m256i *)weights);
  const __m256i unsign = _mm256_and_si256(bytes, _mm256_set1_epi8(127));
  const __m256i pair = _mm256_add_epi8(unsign, _mm256_set1_epi8(16));
  const __m256i field = _mm256_and_si256(_mm256_srli_epi16(bytes, 3), _mm256_set1_epi8(15));
  const __m256i triple = _mm256_blendv_epi8(field, unsign, pair);
  const __m256i tl = _mm256_sign_epi8(_mm256_shuffle_epi8(tables[0], triple), bytes);
  const __m256i th = _mm256_sign_epi8(_mm256_shuffle_epi8(tables[1], triple), bytes);
  lanes->low = _mm256_add_epi8(lanes->low, _mm256_add_epi8(tl, _mm256_shuffle_epi8(tables[2], pair)));
  lanes->high = _mm256_add_epi8(lanes->high, _mm256_add_epi8(th, _mm256_shuffle_epi8(tables[3], pair)));
}

CK_INLINE void add_group_of_all(byte_lanes lanes[], const uint8_t *const panels[], int streams, size_t group,
                                const group_tables *x) {
  const __m256i tables[4] = {table_16(x[group].triple_low), table_16(x[group].triple_high),
                             table_8(x[group].pair_low), table_8(x[group].pair_high)};
#pragma unroll
  for (int s = 0; s < streams; s++) add_group(&lanes[s], panels[s] + group * ESCAPE5_ROWS, tables);
}

CK_INLINE void flush(const byte_lanes *lanes, word_lanes *words) {
  const __m256i radix = _mm256_set1_epi16(RADIX << 8 | 1);
  const __m256i a = _mm256_unpacklo_epi8(lanes->low, lanes->high), b = _mm256_unpackhi_epi8(lanes->low, lanes->high);
  words->a = _mm256_add_epi16(words->a, _mm256_maddubs_epi16(radix, a));
  words->b = _mm256_add_epi16(words->b, _mm256_maddubs_epi16(radix, b));
}

CK_INLINE void add_groups(const uint8_t *const panels[], int streams, size_t first, const group_tables *x,
                          word_lanes words[]) {
  const __m256i zero = _mm256_setzero_si256();
  byte_lanes lanes[STREAMS] = {{zero, zero}, {zero, zero}};
#pragma unroll
  for (int s = 0; s < streams; s++) {
    for (int i = 0; i < 3; i++) _mm_prefetch((const char *)panels[s] + first * 32 + 64 * i + PREFETCH_BYTES, _MM_HINT_NTA);
  }
#pragma unroll
  for (int i = 0; i < GROUPS_PER_FLUSH; i++) add_group_of_all(lanes, panels, streams, first + i, x);
#pragma unroll
  for (int s = 0; s < streams; s++) flush(&lanes[s], &words[s]);
}

CK_INLINE void add_rest(const uint8_t *const panels[], int streams, size_t first, size_t groups,
                          const group_tables *x, word_lanes words[]) {
  const __m256i zero = _mm256_setzero_si256();
  byte_lanes lanes[STREAMS] = {{zero, zero}, {zero, zero}};
  for (size_t group = first; group < first + groups; group++) add_group_of_all(lanes, panels, streams, group, x);
#pragma unroll
  for (int s = 0; s < streams; s++) flush(&lanes[s], &words[s]);
}

CK_INLINE void add_wide(__m256i *s, __m128i w) { *s = _mm256_add_epi32(*s, _mm256_cvtepi16_epi32(w)); }

CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t groups, const group_tables *x,
                               int32_t *const sums[]) {
  const __m256i zero = _mm256_setzero_si256();
  __m256i totals[STREAMS][4] = {{zero, zero, zero, zero}, {zero, zero, zero, zero}};
  for (size_t group = 0; group < groups;) {
    word_lanes words[STREAMS] = {{zero, zero}, {zero, zero}};
    for (int f = 0; f < FLUSHES_PER_WIDENING && group < groups; f++) {
      if (groups - group >= GROUPS_PER_FLUSH) {
        add_groups(panels, streams, group, x, words);
        group += GROUPS_PER_FLUSH;
      } else {
        add_rest(panels, streams, group, groups - group, x, words);
        group = groups;
      }
    }
    for (int s = 0; s < streams; s++) {
      add_wide(&totals[s][0], _mm256_castsi256_si128(words[s].a));
      add_wide(&totals[s][1], _mm256_castsi256_si128(words[s].b));
      add_wide(&totals[s][2], _mm256_extracti128_si256(words[s].a, 1));
      add_wide(&totals[s][3], _mm256_extracti128_si256(words[s].b, 1));
    }
  }
  for (int s = 0; s < streams; s++)
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)(sums[s] + 8 * i), totals[s][i]);
}

static void multiply_few(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         size_t m, int32_t *sums, size_t stride) {
  const size_t groups = escape5_blocks(k) * ESCAPE5_BLOCK_GROUPS;
  const size_t panel_bytes = escape5_panel_bytes(k);
  const size_t half = (row_end - row_begin) / ESCAPE5_ROWS / STREAMS;
  const uint8_t *panel = weights + row_begin / ESCAPE5_ROWS * panel_bytes;
  for (size_t i = 0; i < half; i++) {
    const uint8_t *const panels[STREAMS] = {panel + i * panel_bytes, panel + (half + i) * panel_bytes};
    for (size_t j = 0; j < m; j++) {
      const group_tables *x = (const group_tables *)((const uint8_t *)prepared + j * prepared_bytes(k, m));
      int32_t *out = sums + j * stride + row_begin;
      int32_t *const outs[STREAMS] = {out + i * ESCAPE5_ROWS, out + (half + i) * ESCAPE5_ROWS};
      multiply_panels(panels, STREAMS, groups, x, outs);
    }
  }
  const size_t last_row = row_begin + STREAMS * half * ESCAPE5_ROWS;
  if (last_row == row_end) return;
  const uint8_t *const last = panel + STREAMS * half * panel_bytes;
  for (size_t j = 0; j < m; j++) {
    const group_tables *x = (const group_tables *)((const uint8_t *)prepared + j * prepared_bytes(k, m));
    int32_t *const out = sums + j * stride + last_row;
    multiply_panels(&last, 1, groups, x, &out);
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_few(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

CK_TARGET_END

static const ck_kernel trit5_avx2 = {
    .name = "trit5",
    .isa = "avx2",
    .packing = "escape5",
    .summary = "five weights a byte by table lookups",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = multiply_few,
};
CK_REGISTER_KERNEL(trit5_avx2);

#endif
