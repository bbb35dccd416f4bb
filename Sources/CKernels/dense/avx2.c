// The dense baseline with AVX2, FMA and F16C: four streams of rows for one vector, tiles of floats for many.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/rows-f16-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma,f16c")

CK_INLINE __m256 load_halves(const uint16_t *halves) {
  return _mm256_cvtph_ps(_mm_load_si128((const __m128i *)halves));
}

// The sums of four vectors' lanes, which are integers of at most 2²⁴.
CK_INLINE __m128i fold_4(__m256 a, __m256 b, __m256 c, __m256 d) {
  const __m256 pairs = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
  return _mm_cvtps_epi32(_mm_add_ps(_mm256_castps256_ps128(pairs), _mm256_extractf128_ps(pairs, 1)));
}

// MARK: - One vector

enum {
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 768,
  STREAMS = 4,
};

// The sums of four rows over the span of columns [begin, end), two accumulators each.
CK_INLINE __m128i multiply_span(const uint16_t *const rows[STREAMS], const float *x, size_t begin, size_t end) {
  __m256 even[STREAMS];
  __m256 odd[STREAMS];
#pragma unroll
  for (int r = 0; r < STREAMS; r++) even[r] = odd[r] = _mm256_setzero_ps();
  for (size_t column = begin; column < end; column += ROWS_F16_COLUMNS) {
#pragma unroll
    for (int r = 0; r < STREAMS; r++) _mm_prefetch((const char *)(rows[r] + column) + PREFETCH_BYTES, _MM_HINT_NTA);
#pragma unroll
    for (size_t i = column; i < column + ROWS_F16_COLUMNS; i += 16) {
      const __m256 x_even = _mm256_load_ps(x + i);
      const __m256 x_odd = _mm256_load_ps(x + i + 8);
#pragma unroll
      for (int r = 0; r < STREAMS; r++) {
        even[r] = _mm256_fmadd_ps(load_halves(rows[r] + i), x_even, even[r]);
        odd[r] = _mm256_fmadd_ps(load_halves(rows[r] + i + 8), x_odd, odd[r]);
      }
    }
  }
#pragma unroll
  for (int r = 0; r < STREAMS; r++) even[r] = _mm256_add_ps(even[r], odd[r]);
  return fold_4(even[0], even[1], even[2], even[3]);
}

static void multiply_rows(const uint16_t *const rows[STREAMS], const float *x, size_t columns, int32_t out[STREAMS]) {
  __m128i sums = _mm_setzero_si128();
  for (size_t begin = 0; begin < columns; begin += ROWS_F16_SPAN) {
    const size_t end = columns - begin < ROWS_F16_SPAN ? columns : begin + ROWS_F16_SPAN;
    sums = _mm_add_epi32(sums, multiply_span(rows, x, begin, end));
  }
  _mm_storeu_si128((__m128i *)out, sums);
}

// MARK: - Many vectors

enum {
  TILE_ROWS = 4,
  // 768 columns of four rows, 12 KiB of floats, and three vectors of them, 9 KiB, share a 32 KiB first-level cache.
  TILE_COLUMNS = 768,
  // Activations of one strip: 288 KiB, just over half of a 512 KiB second-level cache.
  STRIP_VECTORS = 96,
  // Three vectors times four rows are twelve accumulators; three activations and one weight fill 16 registers.
  MICRO_VECTORS = 3,
};

typedef struct {
  _Alignas(64) float rows[TILE_ROWS][TILE_COLUMNS];
} tile;

// Rows that are missing at the end of a range are zeros.
static void decode(const uint8_t *weights, size_t k, size_t row, size_t rows, size_t column, size_t count, tile *out) {
  for (size_t r = 0; r < TILE_ROWS; r++) {
    if (r >= rows) {
      memset(out->rows[r], 0, count * sizeof(float));
      continue;
    }
    const uint16_t *halves = rows_f16_row(weights, k, row + r) + column;
    for (size_t i = 0; i < count; i += 8) _mm256_store_ps(out->rows[r] + i, load_halves(halves + i));
  }
}

// Adds tile · x[j] to sums[j][0..<rows] for `vectors` vectors; count is a multiple of ROWS_F16_COLUMNS.
CK_INLINE void multiply_tile(const tile *weights, size_t count, const float *x, size_t x_stride, int vectors,
                             size_t rows, int32_t *sums, size_t stride) {
  __m256 lanes[MICRO_VECTORS][TILE_ROWS];
#pragma unroll
  for (int j = 0; j < vectors; j++) {
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) lanes[j][r] = _mm256_setzero_ps();
  }
  for (size_t i = 0; i < count; i += 8) {
    __m256 x8[MICRO_VECTORS];
#pragma unroll
    for (int j = 0; j < vectors; j++) x8[j] = _mm256_load_ps(x + (size_t)j * x_stride + i);
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
      const __m256 w = _mm256_load_ps(weights->rows[r] + i);
#pragma unroll
      for (int j = 0; j < vectors; j++) lanes[j][r] = _mm256_fmadd_ps(w, x8[j], lanes[j][r]);
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
    int32_t out[TILE_ROWS];
    _mm_storeu_si128((__m128i *)out, fold_4(lanes[j][0], lanes[j][1], lanes[j][2], lanes[j][3]));
    for (size_t r = 0; r < rows; r++) sums[(size_t)j * stride + r] += out[r];
  }
}

static void multiply_strip(const tile *weights, size_t count, const float *x, size_t x_stride, size_t vectors,
                           size_t rows, int32_t *sums, size_t stride) {
  for (; vectors >= MICRO_VECTORS; vectors -= MICRO_VECTORS) {
    multiply_tile(weights, count, x, x_stride, MICRO_VECTORS, rows, sums, stride);
    x += MICRO_VECTORS * x_stride;
    sums += MICRO_VECTORS * stride;
  }
  if (vectors == 2) multiply_tile(weights, count, x, x_stride, 2, rows, sums, stride);
  if (vectors == 1) multiply_tile(weights, count, x, x_stride, 1, rows, sums, stride);
}

#include "../common/rows-f16-loops-inl.h"

CK_TARGET_END

static const ck_kernel f16_avx2 = {
    .name = "f16",
    .isa = "avx2",
    .packing = "f16",
    .summary = "dense half-precision baseline with F16C and FMA",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA | CK_ISA_F16C,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = rows_f16_prepared_bytes,
    .prepare = rows_f16_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(f16_avx2);

#endif
