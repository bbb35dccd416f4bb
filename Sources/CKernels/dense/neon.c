// The dense baseline with NEON: four streams of rows for one vector, tiles of floats for many.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>

#include "../common/rows-f16-inl.h"
#include "../common/target-inl.h"

// Eight columns, as two registers of floats.
CK_INLINE float32x4x2_t load_halves(const uint16_t *halves) {
  const float16x8_t eight = vreinterpretq_f16_u16(vld1q_u16(halves));
  const float32x4x2_t wide = {{vcvt_f32_f16(vget_low_f16(eight)), vcvt_high_f32_f16(eight)}};
  return wide;
}

// The sums of four vectors' lanes, which are integers of at most 2²⁴.
CK_INLINE int32x4_t fold_4(float32x4_t a, float32x4_t b, float32x4_t c, float32x4_t d) {
  return vcvtq_s32_f32(vpaddq_f32(vpaddq_f32(a, b), vpaddq_f32(c, d)));
}

// MARK: - One vector

enum {
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 768,
  STREAMS = 4,
  CHAINS = 4,  // accumulators of a row: sixteen in all hide a latency of four cycles at four a cycle
};

// The sums of four rows over the span of columns [begin, end).
CK_INLINE int32x4_t multiply_span(const uint16_t *const rows[STREAMS], const float *x, size_t begin, size_t end) {
  float32x4_t lanes[STREAMS][CHAINS];
#pragma unroll
  for (int i = 0; i < STREAMS * CHAINS; i++) lanes[i / CHAINS][i % CHAINS] = vdupq_n_f32(0);
  for (size_t column = begin; column < end; column += ROWS_F16_COLUMNS) {
#pragma unroll
    for (int r = 0; r < STREAMS; r++) __builtin_prefetch((const char *)(rows[r] + column) + PREFETCH_BYTES, 0, 0);
#pragma unroll
    for (int eight = 0; eight < ROWS_F16_COLUMNS / 8; eight++) {
      const size_t i = column + 8 * (size_t)eight;
      const int chain = eight % 2 * 2;
      const float32x4_t x_low = vld1q_f32(x + i);
      const float32x4_t x_high = vld1q_f32(x + i + 4);
#pragma unroll
      for (int r = 0; r < STREAMS; r++) {
        const float32x4x2_t w = load_halves(rows[r] + i);
        lanes[r][chain] = vfmaq_f32(lanes[r][chain], w.val[0], x_low);
        lanes[r][chain + 1] = vfmaq_f32(lanes[r][chain + 1], w.val[1], x_high);
      }
    }
  }
  float32x4_t sums[STREAMS];
#pragma unroll
  for (int r = 0; r < STREAMS; r++) {
    sums[r] = vaddq_f32(vaddq_f32(lanes[r][0], lanes[r][1]), vaddq_f32(lanes[r][2], lanes[r][3]));
  }
  return fold_4(sums[0], sums[1], sums[2], sums[3]);
}

static void multiply_rows(const uint16_t *const rows[STREAMS], const float *x, size_t columns, int32_t out[STREAMS]) {
  int32x4_t sums = vdupq_n_s32(0);
  for (size_t begin = 0; begin < columns; begin += ROWS_F16_SPAN) {
    const size_t end = columns - begin < ROWS_F16_SPAN ? columns : begin + ROWS_F16_SPAN;
    sums = vaddq_s32(sums, multiply_span(rows, x, begin, end));
  }
  vst1q_s32(out, sums);
}

// MARK: - Many vectors

enum {
  TILE_ROWS = 4,
  // 512 columns of four rows, 8 KiB of floats, and six vectors of them, 12 KiB, share a 32 KiB first-level cache.
  TILE_COLUMNS = 512,
  // Activations of one strip: 192 KiB, under half of a 512 KiB second-level cache.
  STRIP_VECTORS = 96,
  // Six vectors times four rows are 24 accumulators; the weights of four rows and one vector make 29 registers of 32.
  MICRO_VECTORS = 6,
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
    for (size_t i = 0; i < count; i += 8) {
      const float32x4x2_t wide = load_halves(halves + i);
      vst1q_f32(out->rows[r] + i, wide.val[0]);
      vst1q_f32(out->rows[r] + i + 4, wide.val[1]);
    }
  }
}

// Adds tile · x[j] to sums[j][0..<rows] for `vectors` vectors; count is a multiple of ROWS_F16_COLUMNS.
CK_INLINE void multiply_tile(const tile *weights, size_t count, const float *x, size_t x_stride, int vectors,
                             size_t rows, int32_t *sums, size_t stride) {
  float32x4_t lanes[MICRO_VECTORS][TILE_ROWS];
#pragma unroll
  for (int i = 0; i < vectors * TILE_ROWS; i++) lanes[i / TILE_ROWS][i % TILE_ROWS] = vdupq_n_f32(0);
  for (size_t i = 0; i < count; i += 4) {
    float32x4_t w[TILE_ROWS];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) w[r] = vld1q_f32(weights->rows[r] + i);
#pragma unroll
    for (int j = 0; j < vectors; j++) {
      const float32x4_t x4 = vld1q_f32(x + (size_t)j * x_stride + i);
#pragma unroll
      for (int r = 0; r < TILE_ROWS; r++) lanes[j][r] = vfmaq_f32(lanes[j][r], w[r], x4);
    }
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
    int32_t out[TILE_ROWS];
    vst1q_s32(out, fold_4(lanes[j][0], lanes[j][1], lanes[j][2], lanes[j][3]));
    for (size_t r = 0; r < rows; r++) sums[(size_t)j * stride + r] += out[r];
  }
}

// Six vectors at a time, then what is left by twos and one.
static void multiply_strip(const tile *weights, size_t count, const float *x, size_t x_stride, size_t vectors,
                           size_t rows, int32_t *sums, size_t stride) {
  while (vectors > 0) {
    const size_t taken = vectors >= MICRO_VECTORS ? MICRO_VECTORS : vectors >= 2 ? 2 : 1;
    switch (taken) {
      case 1: multiply_tile(weights, count, x, x_stride, 1, rows, sums, stride); break;
      case 2: multiply_tile(weights, count, x, x_stride, 2, rows, sums, stride); break;
      default: multiply_tile(weights, count, x, x_stride, MICRO_VECTORS, rows, sums, stride); break;
    }
    x += taken * x_stride;
    sums += taken * stride;
    vectors -= taken;
  }
}

#include "../common/rows-f16-loops-inl.h"

static const ck_kernel f16_neon = {
    .name = "f16",
    .isa = "neon",
    .packing = "f16",
    .summary = "dense half-precision baseline with NEON, widened to single precision",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = rows_f16_prepared_bytes,
    .prepare = rows_f16_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(f16_neon);

#endif
