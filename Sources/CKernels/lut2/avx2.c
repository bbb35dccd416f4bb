// `lut2` with AVX2: two lookups for four weights of 32 rows, straight from memory; batches go through tiles.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "planes2-inl.h"

CK_TARGET_BEGIN("avx2")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "planes2-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

// MARK: - One vector

#include "../lut/lookup-avx2-inl.h"

enum {
  UNIT_BYTES = PLANES2_BLOCK_BYTES,
  UNIT_TABLE_BYTES = PLANES2_GROUPS * LOOKUP_TABLE_BYTES,
  // A block's eight lookups add at most 8·256 to a lane: 15 blocks make 30720.
  UNITS_PER_WIDENING = 15,
};

static inline size_t unit_count(size_t k) { return planes2_blocks(k); }

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, __m256i indices) {
  sums->low = _mm256_add_epi8(sums->low, _mm256_shuffle_epi8(table_at(table), indices));
  sums->high = _mm256_add_epi8(sums->high, _mm256_shuffle_epi8(table_at(table + 16), indices));
}

CK_INLINE void add_unit(const uint8_t *const weights[], int streams, const uint8_t *tables, row_sums rows[]) {
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

// MARK: - Tables

// An entry is Σ ±q / 2, plus where the bit is set and minus where it is not, rounded up: what the bits that are set sum
// to, less half of all four rounded down. That is within ±256.
CK_INLINE __m256i halved(__m256i sums) { return _mm256_srai_epi16(_mm256_add_epi16(sums, _mm256_set1_epi16(1)), 1); }

// The tables of groups i and i + 1 of sixteen columns, of which `first` holds the first eight twice, `last` the others.
CK_INLINE void store_two(uint8_t *tables, __m256i first, __m256i last, int i) {
  const __m256i bit0 = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, 1, -1, 1, -1, 1, -1, 1));
  const __m256i bit1 = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, -1, 1, 1, -1, -1, 1, 1));
  const __m256i bit2 = _mm256_broadcastsi128_si256(_mm_setr_epi16(-1, -1, -1, -1, 1, 1, 1, 1));
  __m256i sums = _mm256_sign_epi16(every_word(first, i, i + 1), bit0);
  sums = _mm256_add_epi16(sums, _mm256_sign_epi16(every_word(first, i + 4, i + 5), bit1));
  sums = _mm256_add_epi16(sums, _mm256_sign_epi16(every_word(last, i, i + 1), bit2));
  const __m256i fourth = every_word(last, i + 4, i + 5);
  store_tables(tables + i * LOOKUP_TABLE_BYTES, halved(_mm256_sub_epi16(sums, fourth)),
               halved(_mm256_add_epi16(sums, fourth)));
}

// The tables of the four groups of sixteen columns. Returns how many of them have an odd sum.
CK_INLINE int store_block(uint8_t *tables, const int8_t *q) {
  const __m256i words = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)q));
  const __m256i first = _mm256_permute4x64_epi64(words, 0x44);
  const __m256i last = _mm256_permute4x64_epi64(words, 0xee);
  store_two(tables, first, last, 0);
  store_two(tables, first, last, 2);
  uint32_t quads[4];
  memcpy(quads, q, sizeof quads);
  return __builtin_popcount((quads[0] ^ quads[1] ^ quads[2] ^ quads[3]) & 0x01010101u);
}

// Both planes lack half of a group's sum, rounded down, and a code is the weight plus one: what is left to subtract is
// one for every group whose sum is odd.
static void prepare_tables(const int8_t *q, size_t k, lookup_tables *out) {
  int32_t odd = 0;
  size_t block = 0;
  for (; (block + 1) * PLANES2_COLUMNS <= k; block++) {
    odd += store_block(out->tables + block * UNIT_TABLE_BYTES, q + block * PLANES2_COLUMNS);
  }
  if (block * PLANES2_COLUMNS < k) {
    int8_t padded[PLANES2_COLUMNS] = {0};
    memcpy(padded, q + block * PLANES2_COLUMNS, k - block * PLANES2_COLUMNS);
    odd += store_block(out->tables + block * UNIT_TABLE_BYTES, padded);
  }
  out->start = -odd;
  memset(out->unused, 0, sizeof out->unused);
}

// MARK: - The row

// Up to here one vector after the other is faster than unpacking a tile.
enum { FEW_VECTORS = 8 };

static size_t prepared_bytes(size_t k, size_t m) {
  return m <= FEW_VECTORS ? lookup_bytes(k) : ck_activations_bytes(k, m);
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  if (m <= FEW_VECTORS) {
    prepare_tables(q, k, prepared);
  } else {
    ck_activations_prepare(q, k, m, prepared);
  }
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
