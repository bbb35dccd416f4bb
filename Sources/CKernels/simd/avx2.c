// `simd` with AVX2: maddubs on the broadcast layout, for one vector from memory and for many from a tile in the cache.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/broadcast2-inl.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define CK_INLINE static inline __attribute__((always_inline))

// MARK: - One vector

enum {
  // The fields 4·f that are not shifted down carry codes times four: 8 blocks · 4 · 1024 = 32768 is the most a lane
  // can lose (−32768 fits) and 32512 the most it can gain.
  BLOCKS_PER_FLUSH = 8,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2560,
  STREAMS = 2,
};

CK_INLINE __m256i broadcast_quad(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, sizeof quad);
  return _mm256_set1_epi32(quad);
}

CK_INLINE __m256i pair_sums(__m256i lanes) { return _mm256_madd_epi16(lanes, _mm256_set1_epi16(1)); }

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
                               const broadcast2_activations *x, int32_t *const sums[]) {
  const __m256i zero = _mm256_setzero_si256();
  __m256i totals[STREAMS][2] = {{zero, zero}, {zero, zero}};
  size_t block = 0;
  for (; block + BLOCKS_PER_FLUSH <= blocks; block += BLOCKS_PER_FLUSH) {
    add_blocks(panels, streams, block, BLOCKS_PER_FLUSH, x->q, totals);
  }
  add_blocks(panels, streams, block, blocks - block, x->q, totals);
  for (int s = 0; s < streams; s++) store_16(sums[s], totals[s], x->sum);
}

// A few vectors, one after the other, while the panels are in the cache.
static void multiply_few(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         size_t m, int32_t *sums, size_t stride) {
  const size_t blocks = broadcast2_blocks(k);
  const size_t panel_bytes = broadcast2_panel_bytes(k);
  const size_t half = (row_end - row_begin) / BROADCAST2_ROWS / STREAMS;
  const uint8_t *panel = weights + row_begin / BROADCAST2_ROWS * panel_bytes;
  for (size_t i = 0; i < half; i++) {
    const uint8_t *const panels[STREAMS] = {panel + i * panel_bytes, panel + (half + i) * panel_bytes};
    for (size_t j = 0; j < m; j++) {
      int32_t *out = sums + j * stride + row_begin;
      int32_t *const outs[STREAMS] = {out + i * BROADCAST2_ROWS, out + (half + i) * BROADCAST2_ROWS};
      multiply_panels(panels, STREAMS, blocks, broadcast2_vector(prepared, k, j), outs);
    }
  }
  const size_t last_row = row_begin + STREAMS * half * BROADCAST2_ROWS;
  if (last_row == row_end) return;
  const uint8_t *const last = panel + STREAMS * half * panel_bytes;
  for (size_t j = 0; j < m; j++) {
    int32_t *const out = sums + j * stride + last_row;
    multiply_panels(&last, 1, blocks, broadcast2_vector(prepared, k, j), &out);
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_few(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

// MARK: - Many vectors

enum {
  // Unpacking a tile costs as much as multiplying it a few times: up to here one vector after the other is faster.
  FEW_VECTORS = 5,
  // 1024 columns of 16 rows, a byte each, are half of a 32 KiB first-level cache.
  TILE_COLUMNS = 1024,
  TILE_BLOCKS = TILE_COLUMNS / BROADCAST2_COLUMNS,
  // Activations of one strip: 128 KiB, a quarter of a 512 KiB second-level cache.
  STRIP_VECTORS = 128,
  // Six vectors times 16 rows are twelve accumulators; two weights, one broadcast and one product fill 16 registers.
  MICRO_VECTORS = 6,
  QUAD_BYTES = 4 * BROADCAST2_ROWS,
  // A quad adds at most 2·2·128 to a lane: after 64 of them −32768 fits, and so does 32512.
  QUADS_PER_FLUSH = 64,
};

// The codes of up to TILE_BLOCKS blocks of one panel, a byte each: 32 bytes for four columns of eight rows.
typedef struct {
  _Alignas(64) uint8_t codes[TILE_COLUMNS * BROADCAST2_ROWS];
} tile;

static void unpack(const uint8_t *panel, size_t blocks, tile *out) {
  const __m256i low = _mm256_set1_epi8(3);
  for (size_t block = 0; block < blocks; block++) {
    for (int half = 0; half < 2; half++) {
      const __m256i bytes = _mm256_load_si256((const __m256i *)(panel + block * BROADCAST2_BLOCK_BYTES) + half);
      __m256i *fields = (__m256i *)(out->codes + block * 4 * BROADCAST2_BLOCK_BYTES) + half;
      _mm256_store_si256(fields, _mm256_and_si256(bytes, low));
      _mm256_store_si256(fields + 2, _mm256_and_si256(_mm256_srli_epi16(bytes, 2), low));
      _mm256_store_si256(fields + 4, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low));
      _mm256_store_si256(fields + 6, _mm256_and_si256(_mm256_srli_epi16(bytes, 6), low));
    }
  }
}

// Adds the products of up to QUADS_PER_FLUSH quads of `vectors` vectors to their totals.
CK_INLINE void add_quads(const uint8_t *codes, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                         __m256i totals[][2]) {
  __m256i lanes[MICRO_VECTORS][2];
#pragma unroll
  for (int j = 0; j < vectors; j++) lanes[j][0] = lanes[j][1] = _mm256_setzero_si256();
  for (size_t quad = 0; quad < quads; quad++) {
    const __m256i first = _mm256_load_si256((const __m256i *)(codes + quad * QUAD_BYTES));
    const __m256i second = _mm256_load_si256((const __m256i *)(codes + quad * QUAD_BYTES) + 1);
#pragma unroll
    for (int j = 0; j < vectors; j++) {
      const __m256i x = broadcast_quad(q + (size_t)j * q_stride + 4 * quad);
      lanes[j][0] = _mm256_add_epi16(lanes[j][0], _mm256_maddubs_epi16(first, x));
      lanes[j][1] = _mm256_add_epi16(lanes[j][1], _mm256_maddubs_epi16(second, x));
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
    totals[j][0] = _mm256_add_epi32(totals[j][0], pair_sums(lanes[j][0]));
    totals[j][1] = _mm256_add_epi32(totals[j][1], pair_sums(lanes[j][1]));
  }
}

// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. The totals stay
// on the stack until the tile is done: sums that lie a power of two apart share few cache lines.
CK_INLINE void multiply_tile(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, int vectors,
                             int32_t *sums, size_t stride) {
  __m256i totals[MICRO_VECTORS][2];
  for (int j = 0; j < vectors; j++) totals[j][0] = totals[j][1] = _mm256_setzero_si256();
  for (size_t quad = 0; quad < quads; quad += QUADS_PER_FLUSH) {
    const size_t count = quads - quad < QUADS_PER_FLUSH ? quads - quad : QUADS_PER_FLUSH;
    add_quads(weights->codes + quad * QUAD_BYTES, count, q + 4 * quad, q_stride, vectors, totals);
  }
  for (int j = 0; j < vectors; j++) {
    __m256i *out = (__m256i *)(sums + (size_t)j * stride);
    _mm256_storeu_si256(out, _mm256_add_epi32(_mm256_loadu_si256(out), totals[j][0]));
    _mm256_storeu_si256(out + 1, _mm256_add_epi32(_mm256_loadu_si256(out + 1), totals[j][1]));
  }
}

// How many of the `left` vectors to take next: six, but rather 4 + 4 and 4 + 3 than 6 + 2 and 6 + 1.
CK_INLINE size_t next_vectors(size_t left) {
  if (left == 7 || left == 8) return 4;
  return left < MICRO_VECTORS ? left : MICRO_VECTORS;
}

static void multiply_strip(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, size_t vectors,
                           int32_t *sums, size_t stride) {
  while (vectors > 0) {
    const size_t taken = next_vectors(vectors);
    switch (taken) {
      case 1: multiply_tile(weights, quads, q, q_stride, 1, sums, stride); break;
      case 2: multiply_tile(weights, quads, q, q_stride, 2, sums, stride); break;
      case 3: multiply_tile(weights, quads, q, q_stride, 3, sums, stride); break;
      case 4: multiply_tile(weights, quads, q, q_stride, 4, sums, stride); break;
      case 5: multiply_tile(weights, quads, q, q_stride, 5, sums, stride); break;
      default: multiply_tile(weights, quads, q, q_stride, MICRO_VECTORS, sums, stride); break;
    }
    q += taken * q_stride;
    sums += taken * stride;
    vectors -= taken;
  }
}

// Codes are weights plus one: every sum starts at −Σ q.
static void begin_sums(size_t row_begin, size_t row_end, const void *prepared, size_t k, size_t m, int32_t *sums,
                       size_t stride) {
  for (size_t j = 0; j < m; j++) {
    const int32_t start = -broadcast2_vector(prepared, k, j)->sum;
    for (size_t row = row_begin; row < row_end; row++) sums[j * stride + row] = start;
  }
}

static void gemm_strip(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                       size_t m, int32_t *sums, size_t stride) {
  const size_t blocks = broadcast2_blocks(k);
  const size_t panel_bytes = broadcast2_panel_bytes(k);
  const int8_t *q = broadcast2_vector(prepared, k, 0)->q;
  begin_sums(row_begin, row_end, prepared, k, m, sums, stride);
  for (size_t block = 0; block < blocks; block += TILE_BLOCKS) {
    const size_t count = blocks - block < TILE_BLOCKS ? blocks - block : TILE_BLOCKS;
    for (size_t row = row_begin; row < row_end; row += BROADCAST2_ROWS) {
      tile codes;
      unpack(weights + row / BROADCAST2_ROWS * panel_bytes + block * BROADCAST2_BLOCK_BYTES, count, &codes);
      multiply_strip(&codes, 4 * count, q + block * BROADCAST2_COLUMNS, broadcast2_prepared_bytes(k), m, sums + row,
                     stride);
    }
  }
}

static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  if (m <= FEW_VECTORS) {
    multiply_few(weights, k, row_begin, row_end, prepared, m, sums, stride);
    return;
  }
  for (size_t j = 0; j < m; j += STRIP_VECTORS) {
    const size_t vectors = m - j < STRIP_VECTORS ? m - j : STRIP_VECTORS;
    gemm_strip(weights, k, row_begin, row_end, broadcast2_vector(prepared, k, j), vectors, sums + j * stride, stride);
  }
}

#pragma clang attribute pop

static const ck_kernel simd_avx2 = {
    .name = "simd",
    .isa = "avx2",
    .packing = "broadcast2",
    .summary = "broadcast layout with maddubs, two streams of 16 rows; 6 × 16 tiles for batches",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = broadcast2_prepared_bytes,
    .prepare = broadcast2_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_avx2);

#endif
