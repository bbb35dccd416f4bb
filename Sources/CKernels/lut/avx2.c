// `lut` with AVX2.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "trit3-inl.h"

CK_TARGET_BEGIN("avx2")

#include "lookup-avx2-inl.h"
enum { TILE_COLUMNS = 960 };
#include "../common/tile-inl.h"
#include "trit3-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

#ifndef PF
#define PF 2560
#endif
#ifndef ST
#define ST 2
#endif
#ifndef FEW
#define FEW 5
#endif
#ifndef HINT
#define HINT _MM_HINT_NTA
#endif

enum {
  STREAMS = ST,
  PREFETCH_BYTES = PF,
  FEW_VECTORS = FEW,
  TABLES_BYTES = TRIT3_GROUPS * LOOKUP_TABLE_BYTES,  // of one block
};

// MARK: - Tables

static size_t prepared_bytes(size_t k, size_t m) {
  return m > FEW_VECTORS ? ck_activations_bytes(k, m) : trit3_blocks(k) * TABLES_BYTES;
}

// Word i of the vector's halves everywhere.
CK_INLINE __m256i every_word(__m256i words, int i) {
  return _mm256_shuffle_epi8(words, _mm256_set1_epi16((short)((2 * i + 1) << 8 | 2 * i)));
}

// The tables of four groups from twelve columns (16 are read).
CK_INLINE void store_tables(uint8_t *tables, const int8_t *q) {
  // The digits of the numbers 0 to 13.
  const __m256i first = _mm256_setr_epi16(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
  const __m256i second = _mm256_setr_epi16(0, 0, 1, 1, 1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 0, 0);
  const __m256i third = _mm256_setr_epi16(0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, 0, 0);
  const __m256i words = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)q));
  const __m256i eight = _mm256_permute4x64_epi64(words, 0x44);
  const __m256i four = _mm256_permute4x64_epi64(words, 0xee);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    __m256i sums = _mm256_sign_epi16(every_word(eight, i), first);
    sums = _mm256_add_epi16(sums, _mm256_sign_epi16(every_word(eight, i + 4), second));
    sums = _mm256_add_epi16(sums, _mm256_sign_epi16(every_word(four, i), third));
    store_table(tables + i * LOOKUP_TABLE_BYTES, sums);
  }
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  if (m > FEW_VECTORS) {
    ck_activations_prepare(q, k, m, prepared);
    return;
  }
  uint8_t *tables = prepared;
  size_t column = 0;
  for (; column + 16 <= k; column += 12, tables += 4 * LOOKUP_TABLE_BYTES) store_tables(tables, q + column);
  for (; column < trit3_blocks(k) * TRIT3_COLUMNS; column += 12, tables += 4 * LOOKUP_TABLE_BYTES) {
    int8_t padded[16] = {0};
    if (column < k) memcpy(padded, q + column, k - column < 12 ? k - column : 12);
    store_tables(tables, padded);
  }
}

// MARK: - One vector

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, __m256i indices, __m256i signs) {
  const __m256i low = _mm256_shuffle_epi8(table_at(table), indices);
  const __m256i high = _mm256_shuffle_epi8(table_at(table + 16), indices);
  sums->low = _mm256_add_epi8(sums->low, _mm256_sign_epi8(low, signs));
  sums->high = _mm256_add_epi8(sums->high, _mm256_sign_epi8(high, signs));
}

// One block of `streams` panels, which share the tables.
CK_INLINE void add_block(const uint8_t *const panels[], int streams, size_t block, const uint8_t *tables,
                         row_sums rows[]) {
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i one = _mm256_set1_epi8(1);
  byte_sums sums[STREAMS];
  __m256i signs[STREAMS];
#pragma unroll
  for (int s = 0; s < streams; s++) {
    sums[s] = (byte_sums){_mm256_setzero_si256(), _mm256_setzero_si256()};
    signs[s] = _mm256_or_si256(
        _mm256_load_si256((const __m256i *)(panels[s] + block * TRIT3_BLOCK_BYTES + TRIT3_SIGN_BYTES)), one);
  }
#pragma unroll
  for (int i = 0; i < TRIT3_GROUPS / 2; i++) {
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const __m256i *bytes = (const __m256i *)(panels[s] + block * TRIT3_BLOCK_BYTES);
      const __m256i pair = _mm256_load_si256(bytes + i);
      const uint8_t *table = tables + 2 * i * LOOKUP_TABLE_BYTES;
      look_up(&sums[s], table, _mm256_and_si256(pair, nibble), signs[s]);
      signs[s] = _mm256_add_epi8(signs[s], signs[s]);
      if (i == 3) signs[s] = _mm256_or_si256(_mm256_slli_epi16(_mm256_load_si256(bytes + 4), 7), one);
      look_up(&sums[s], table + LOOKUP_TABLE_BYTES, _mm256_and_si256(_mm256_srli_epi16(pair, 4), nibble), signs[s]);
      signs[s] = _mm256_add_epi8(signs[s], signs[s]);
    }
  }
#pragma unroll
  for (int s = 0; s < streams; s++) rows[s] = add_block_sums(rows[s], sums[s]);
}

CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const uint8_t *tables,
                               int32_t *const out[]) {
  const __m256i zero = _mm256_setzero_si256();
  __m256i totals[STREAMS][4];
  for (int s = 0; s < streams; s++) totals[s][0] = totals[s][1] = totals[s][2] = totals[s][3] = zero;
  for (size_t block = 0; block < blocks;) {
    const size_t end = blocks - block < LOOKUP_BLOCKS_PER_WIDENING ? blocks : block + LOOKUP_BLOCKS_PER_WIDENING;
    row_sums rows[STREAMS];
#pragma unroll
    for (int s = 0; s < streams; s++) rows[s] = (row_sums){zero, zero};
    for (; block < end; block += 2) {
#pragma unroll
      for (int s = 0; s < streams; s++) {
        const char *bytes = (const char *)(panels[s] + block * TRIT3_BLOCK_BYTES);
#pragma unroll
        for (int line = 0; line < 5; line++) _mm_prefetch(bytes + PREFETCH_BYTES + 64 * line, HINT);
      }
      add_block(panels, streams, block, tables + block * TABLES_BYTES, rows);
      add_block(panels, streams, block + 1, tables + (block + 1) * TABLES_BYTES, rows);
    }
#pragma unroll
    for (int s = 0; s < streams; s++) add_row_sums(totals[s], rows[s]);
  }
  for (int s = 0; s < streams; s++) {
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)out[s] + i, totals[s][i]);
  }
}

// A few vectors, one after the other, while the panels are in the cache.
static void multiply_few(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         size_t m, int32_t *sums, size_t stride) {
  const size_t blocks = trit3_blocks(k);
  const size_t panel_bytes = trit3_panel_bytes(k);
  const size_t part = (row_end - row_begin) / TRIT3_ROWS / STREAMS;
  const uint8_t *panel = weights + row_begin / TRIT3_ROWS * panel_bytes;
  for (size_t i = 0; i < part; i++) {
    const uint8_t *panels[STREAMS];
    int32_t *outs[STREAMS];
    for (size_t j = 0; j < m; j++) {
      for (size_t s = 0; s < STREAMS; s++) {
        panels[s] = panel + (i + s * part) * panel_bytes;
        outs[s] = sums + j * stride + row_begin + (i + s * part) * TRIT3_ROWS;
      }
      multiply_panels(panels, STREAMS, blocks, (const uint8_t *)prepared + j * blocks * TABLES_BYTES, outs);
    }
  }
  for (size_t row = row_begin + STREAMS * part * TRIT3_ROWS; row < row_end; row += TRIT3_ROWS) {
    const uint8_t *last = weights + row / TRIT3_ROWS * panel_bytes;
    for (size_t j = 0; j < m; j++) {
      int32_t *out = sums + j * stride + row;
      multiply_panels(&last, 1, blocks, (const uint8_t *)prepared + j * blocks * TABLES_BYTES, &out);
    }
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_few(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  if (m <= FEW_VECTORS) {
    multiply_few(weights, k, row_begin, row_end, prepared, m, sums, stride);
  } else {
    multiply_tiles(weights, k, row_begin, row_end, prepared, m, sums, stride);
  }
}

CK_TARGET_END

static const ck_kernel lut_avx2 = {
    .name = "lut",
    .isa = "avx2",
    .packing = "trit3",
    .summary = "three weights per lookup in exact tables of two byte parts, two streams of 32 rows; batches as in tiled",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut_avx2);

#endif
