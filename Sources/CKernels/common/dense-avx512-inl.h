// A dense kernel with AVX-512. The file that includes this defines `weight` (how a weight is stored) and
// `load16(const weight *)` → __m512 first, and includes it inside a region whose functions have its target.
//
// One vector: four rows from four far-apart parts of the range, eight accumulators, so that memory sees four streams.
// Several vectors: one row meets six at a time, twelve accumulators, while a strip of rows stays in the second-level
// cache, so that weights are read from memory once for all of them.

#include <string.h>

#include "lanes-avx512-inl.h"
#include "target-inl.h"

enum {
  DENSE_PREFETCH_BYTES = 768,
  DENSE_STREAMS = 4,
  DENSE_VECTORS = 6,
  DENSE_STRIP_ROWS = 16,
};

static size_t row_bytes(size_t k) { return k * sizeof(weight); }

CK_INLINE const weight *row_of(const void *weights, size_t k, size_t row) { return (const weight *)weights + row * k; }

// The next CK_LANES columns of `rows` rows times `vectors` vectors.
CK_INLINE void add_columns(const weight *const w[], int rows, const float *const x[], int vectors, size_t column,
                           __m512 lanes[][CK_LANE_VECTORS]) {
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part++) {
#pragma unroll
    for (int r = 0; r < rows; r++) {
      const __m512 wide = load16(w[r] + column + 16 * (size_t)part);
#pragma unroll
      for (int j = 0; j < vectors; j++) {
        const __m512 x16 = _mm512_loadu_ps(x[j] + column + 16 * (size_t)part);
        lanes[r * vectors + j][part] = _mm512_fmadd_ps(wide, x16, lanes[r * vectors + j][part]);
      }
    }
  }
}

// The last columns, fewer than CK_LANES of them, padded with zeros.
CK_INLINE void add_tail(const weight *const w[], int rows, const float *const x[], int vectors, size_t column,
                        size_t count, __m512 lanes[][CK_LANE_VECTORS]) {
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
  __m512 lanes[DENSE_STREAMS * DENSE_VECTORS][CK_LANE_VECTORS];
#pragma unroll
  for (int i = 0; i < rows * vectors; i++) {
#pragma unroll
    for (int part = 0; part < CK_LANE_VECTORS; part++) lanes[i][part] = _mm512_setzero_ps();
  }
  size_t column = 0;
  for (; column + CK_LANES <= k; column += CK_LANES) {
#pragma unroll
    for (int r = 0; r < rows; r++) {
#pragma unroll
      for (size_t line = 0; line < CK_LANES * sizeof(weight); line += 64) {
        _mm_prefetch((const char *)(w[r] + column) + DENSE_PREFETCH_BYTES + line, _MM_HINT_NTA);
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
        case 3: dot_block(&w, 1, xs, 3, k, sums); break;
        case 4: dot_block(&w, 1, xs, 4, k, sums); break;
        case 5: dot_block(&w, 1, xs, 5, k, sums); break;
        default: dot_block(&w, 1, xs, DENSE_VECTORS, k, sums); break;
      }
      for (size_t i = 0; i < vectors; i++) y[(j + i) * y_stride + row] = sums[i];
    }
    j += vectors;
  }
}

#include "dense-loops-inl.h"

static void decode_row(const void *weights, size_t k, size_t row, float *out) {
  const weight *w = row_of(weights, k, row);
  size_t column = 0;
  for (; column + 16 <= k; column += 16) _mm512_storeu_ps(out + column, load16(w + column));
  if (column == k) return;
  weight tail[16] = {0};
  float decoded[16];
  memcpy(tail, w + column, (k - column) * sizeof(weight));
  _mm512_storeu_ps(decoded, load16(tail));
  memcpy(out + column, decoded, (k - column) * sizeof(float));
}
