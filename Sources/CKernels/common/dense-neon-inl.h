// A dense kernel with NEON. The file that includes this defines `weight` (how a weight is stored) and
// `load8(const weight *)` → float32x4x2_t, eight weights as floats, first.
//
// One vector: three rows from three far-apart parts of the range, 24 accumulators of 32 registers, so that memory sees
// three streams. Several vectors: one row meets three at a time, 24 accumulators, while a strip of rows stays in the
// second-level cache, so that weights are read from memory once for all of them.

#include <string.h>

#include "lanes-neon-inl.h"
#include "target-inl.h"

enum {
  DENSE_PREFETCH_BYTES = 768,
  DENSE_STREAMS = 3,
  DENSE_VECTORS = 3,
  DENSE_STRIP_ROWS = 16,
};

static size_t row_bytes(size_t k) { return k * sizeof(weight); }

CK_INLINE const weight *row_of(const void *weights, size_t k, size_t row) { return (const weight *)weights + row * k; }

// The next CK_LANES columns of `rows` rows times `vectors` vectors.
CK_INLINE void add_columns(const weight *const w[], int rows, const float *const x[], int vectors, size_t column,
                           float32x4_t lanes[][CK_LANE_VECTORS]) {
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part += 2) {
    const size_t i = column + 4 * (size_t)part;
#pragma unroll
    for (int r = 0; r < rows; r++) {
      const float32x4x2_t wide = load8(w[r] + i);
#pragma unroll
      for (int j = 0; j < vectors; j++) {
        float32x4_t *const sums = lanes[r * vectors + j] + part;
        sums[0] = vfmaq_f32(sums[0], wide.val[0], vld1q_f32(x[j] + i));
        sums[1] = vfmaq_f32(sums[1], wide.val[1], vld1q_f32(x[j] + i + 4));
      }
    }
  }
}

// The last columns, fewer than CK_LANES of them, padded with zeros.
CK_INLINE void add_tail(const weight *const w[], int rows, const float *const x[], int vectors, size_t column,
                        size_t count, float32x4_t lanes[][CK_LANE_VECTORS]) {
  weight tail_w[DENSE_STREAMS][CK_LANES] = {0};
  float tail_x[DENSE_VECTORS][CK_LANES] = {0};
  const weight *tail_rows[DENSE_STREAMS];
  const float *tail_vectors[DENSE_VECTORS];
  for (int r = 0; r < rows; r++) {
    memcpy(tail_w[r], w[r] + column, count * sizeof(weight));
    tail_rows[r] = tail_w[r];
  }
  for (int j = 0; j < vectors; j++) {
    memcpy(tail_x[j], x[j] + column, count * sizeof(float));
    tail_vectors[j] = tail_x[j];
  }
  add_columns(tail_rows, rows, tail_vectors, vectors, 0, lanes);
}

// sums[r · vectors + j] = Σ w[r]·x[j].
CK_INLINE void dot_block(const weight *const w[], int rows, const float *const x[], int vectors, size_t k,
                         float *sums) {
  float32x4_t lanes[DENSE_STREAMS * DENSE_VECTORS][CK_LANE_VECTORS];
#pragma unroll
  for (int i = 0; i < rows * vectors; i++) {
#pragma unroll
    for (int part = 0; part < CK_LANE_VECTORS; part++) lanes[i][part] = vdupq_n_f32(0);
  }
  size_t column = 0;
  for (; column + CK_LANES <= k; column += CK_LANES) {
#pragma unroll
    for (int r = 0; r < rows; r++) {
#pragma unroll
      for (size_t line = 0; line < CK_LANES * sizeof(weight); line += 64) {
        __builtin_prefetch((const char *)(w[r] + column) + DENSE_PREFETCH_BYTES + line, 0, 0);
      }
    }
    add_columns(w, rows, x, vectors, column, lanes);
  }
  if (column < k) add_tail(w, rows, x, vectors, column, k - column, lanes);
#pragma unroll
  for (int i = 0; i < rows * vectors; i++) sums[i] = ck_lanes_fold(lanes[i]);
}

static void multiply_strip(const void *weights, size_t k, size_t row_begin, size_t row_end, const float *x, size_t m,
                           float *y, size_t y_stride) {
  for (size_t j = 0; j < m;) {
    const size_t vectors = m - j < DENSE_VECTORS ? m - j : DENSE_VECTORS;
    const float *xs[DENSE_VECTORS];
    for (size_t i = 0; i < vectors; i++) xs[i] = x + (j + i) * k;
    for (size_t row = row_begin; row < row_end; row++) {
      const weight *w = row_of(weights, k, row);
      float sums[DENSE_VECTORS];
      switch (vectors) {
        case 1: dot_block(&w, 1, xs, 1, k, sums); break;
        case 2: dot_block(&w, 1, xs, 2, k, sums); break;
        default: dot_block(&w, 1, xs, 3, k, sums); break;
      }
      for (size_t i = 0; i < vectors; i++) y[(j + i) * y_stride + row] = sums[i];
    }
    j += vectors;
  }
}

#include "dense-loops-inl.h"

CK_INLINE void store8(float *out, float32x4x2_t values) {
  vst1q_f32(out, values.val[0]);
  vst1q_f32(out + 4, values.val[1]);
}

static void decode_row(const void *weights, size_t k, size_t row, float *out) {
  const weight *w = row_of(weights, k, row);
  size_t column = 0;
  for (; column + 8 <= k; column += 8) store8(out + column, load8(w + column));
  if (column == k) return;
  weight tail[8] = {0};
  float decoded[8];
  memcpy(tail, w + column, (k - column) * sizeof(weight));
  store8(decoded, load8(tail));
  memcpy(out + column, decoded, (k - column) * sizeof(float));
}
