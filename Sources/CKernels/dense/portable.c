// The dense baseline in plain C: halves to floats, products to lanes that any compiler vectorises.

#include "CKernels.h"

#include "../common/half-inl.h"
#include "../common/rows-f16-inl.h"

enum {
  TILE_COLUMNS = 1024,  // 4 KiB of floats: decoded once, met by every vector from the first-level cache
};

static void decode(const uint16_t *halves, size_t count, float *out) {
  for (size_t i = 0; i < count; i++) out[i] = ck_float_of_half(halves[i]);
}

// count is a multiple of ROWS_F16_COLUMNS and far below ROWS_F16_SPAN: the sum is exact.
static int32_t dot(const float *w, const float *x, size_t count) {
  float lanes[ROWS_F16_COLUMNS] = {0};
  for (size_t column = 0; column < count; column += ROWS_F16_COLUMNS) {
    for (size_t lane = 0; lane < ROWS_F16_COLUMNS; lane++) lanes[lane] += w[column + lane] * x[column + lane];
  }
  float sum = 0;
  for (size_t lane = 0; lane < ROWS_F16_COLUMNS; lane++) sum += lanes[lane];
  return (int32_t)sum;
}

static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  const size_t columns = rows_f16_columns(k);
  for (size_t row = row_begin; row < row_end; row++) {
    const uint16_t *halves = rows_f16_row(weights, k, row);
    for (size_t j = 0; j < m; j++) sums[j * stride + row] = 0;
    for (size_t column = 0; column < columns; column += TILE_COLUMNS) {
      const size_t count = columns - column < TILE_COLUMNS ? columns - column : TILE_COLUMNS;
      float tile[TILE_COLUMNS];
      decode(halves + column, count, tile);
      for (size_t j = 0; j < m; j++) {
        sums[j * stride + row] += dot(tile, rows_f16_vector(prepared, k, j) + column, count);
      }
    }
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  gemm(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

static const ck_kernel f16_portable = {
    .name = "f16",
    .isa = "portable",
    .packing = "f16",
    .summary = "dense half-precision baseline in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = rows_f16_prepared_bytes,
    .prepare = rows_f16_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(f16_portable);
