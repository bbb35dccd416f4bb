// A dense kernel in plain C. The file that includes this defines `weight` (how a weight is stored) and
// `float_of(weight)` first.

#include <string.h>

#include "lanes-portable-inl.h"

static size_t row_bytes(size_t k) { return k * sizeof(weight); }

static const weight *row_of(const void *weights, size_t k, size_t row) { return (const weight *)weights + row * k; }

// Σ w·x over k columns in the order of CK_LANES.
static float dot(const weight *w, const float *x, size_t k) {
  float lanes[CK_LANES] = {0};
  for (size_t column = 0; column < k; column += CK_LANES) {
    const size_t count = k - column < CK_LANES ? k - column : CK_LANES;
    float a[CK_LANES] = {0};
    float b[CK_LANES] = {0};
    for (size_t lane = 0; lane < count; lane++) a[lane] = float_of(w[column + lane]);
    memcpy(b, x + column, count * sizeof b[0]);
    ck_lanes_add(lanes, a, b);
  }
  return ck_lanes_fold(lanes);
}

static size_t prepared_bytes(size_t k) { return k * sizeof(float); }

static void multiply(const void *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                     float *y, size_t y_stride) {
  const float *x = prepared;
  for (size_t row = row_begin; row < row_end; row++) {
    for (size_t j = 0; j < m; j++) y[j * y_stride + row] = dot(row_of(weights, k, row), x + j * k, k);
  }
}

static void decode_row(const void *weights, size_t k, size_t row, float *out) {
  const weight *w = row_of(weights, k, row);
  for (size_t column = 0; column < k; column++) out[column] = float_of(w[column]);
}
