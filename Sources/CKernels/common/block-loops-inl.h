// A dense kernel of weights in blocks, around one instruction set. The file that includes this defines first
//     block, BLOCK          one block of weights, and its columns
//     GROUP_BLOCKS          how many blocks meet one activation group of 256 columns
//     lane_vector           a register of lanes, of which a row has ACCUMULATORS
//     clear, fold           begin a row's accumulators, and add up their lanes
//     activations           256 activations in the form the kernel reads
//     quantize, arrange     how they are rounded, and brought into that form
//     unpacked, unpack      256 weights as bytes that can be multiplied, made from GROUP_BLOCKS blocks
//     add_group             adds the products of an `unpacked` and an `activations` to a row's accumulators
// and includes it inside a region whose functions have its target.
//
// One vector: four rows from four far-apart parts of the range, so that memory sees four streams. Several vectors: a
// strip of rows stays in the second-level cache, eight vectors at a time in the first, and a group of weights is
// unpacked once for the eight.

#include <stdint.h>
#include <string.h>

#include "align-inl.h"
#include "target-inl.h"

enum {
  BLOCK_PREFETCH_BYTES = 768,
  BLOCK_STREAMS = 4,
  BLOCK_VECTORS = 8,
  BLOCK_STRIP_ROWS = 16,
  GROUP_BYTES = GROUP_BLOCKS * sizeof(block),
};

static size_t row_bytes(size_t k) { return k / BLOCK * sizeof(block); }

static size_t prepared_bytes(size_t k) {
  return ck_round_up(ck_round_up(k, CK_GROUP) / CK_GROUP * sizeof(activations), 64);
}

static void prepare(const float *x, size_t k, void *prepared) {
  activations *out = prepared;
  for (size_t first = 0; first < k; first += CK_GROUP) {
    ck_activation_group group;
    quantize(x, k, first, &group);
    arrange(&group, &out[first / CK_GROUP]);
  }
}

CK_INLINE const block *row_of(const void *weights, size_t k, size_t row) {
  return (const block *)weights + row * (k / BLOCK);
}

CK_INLINE const activations *vector_of(const void *prepared, size_t k, size_t j) {
  return (const activations *)((const char *)prepared + j * prepared_bytes(k));
}

// The blocks behind the last whole group, followed by zeros.
CK_INLINE void copy_tail(const block *row, size_t k, block tail[GROUP_BLOCKS]) {
  const size_t first = k / CK_GROUP * GROUP_BLOCKS;
  memset(tail, 0, GROUP_BYTES);
  memcpy(tail, row + first, (k / BLOCK - first) * sizeof(block));
}

// The products of one group of one row with one vector.
CK_INLINE void add_blocks(const block *w, const activations *a, lane_vector lanes[ACCUMULATORS]) {
  unpacked u;
  unpack(w, &u);
  add_group(&u, a, lanes);
}

CK_INLINE void dot_rows(const block *const w[], int rows, const activations *a, size_t k, float *sums) {
  lane_vector lanes[BLOCK_STREAMS][ACCUMULATORS];
#pragma unroll
  for (int r = 0; r < rows; r++) clear(lanes[r]);
  const size_t groups = k / CK_GROUP;
  for (size_t g = 0; g < groups; g++) {
#pragma unroll
    for (int r = 0; r < rows; r++) {
      const block *here = w[r] + g * GROUP_BLOCKS;
#pragma unroll
      for (size_t line = 0; line < GROUP_BYTES; line += 64) {
        __builtin_prefetch((const char *)here + BLOCK_PREFETCH_BYTES + line, 0, 0);
      }
      add_blocks(here, &a[g], lanes[r]);
    }
  }
  if (GROUP_BLOCKS > 1 && k % CK_GROUP != 0) {
    for (int r = 0; r < rows; r++) {
      block tail[GROUP_BLOCKS];
      copy_tail(w[r], k, tail);
      add_blocks(tail, &a[groups], lanes[r]);
    }
  }
#pragma unroll
  for (int r = 0; r < rows; r++) sums[r] = fold(lanes[r]);
}

static void multiply_one(const void *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                         float *y) {
  const size_t part = (row_end - row_begin) / BLOCK_STREAMS;
  for (size_t row = row_begin; row < row_begin + part; row++) {
    const block *w[BLOCK_STREAMS];
    float sums[BLOCK_STREAMS];
    for (size_t s = 0; s < BLOCK_STREAMS; s++) w[s] = row_of(weights, k, row + s * part);
    dot_rows(w, BLOCK_STREAMS, prepared, k, sums);
    for (size_t s = 0; s < BLOCK_STREAMS; s++) y[row + s * part] = sums[s];
  }
  for (size_t row = row_begin + BLOCK_STREAMS * part; row < row_end; row++) {
    const block *w = row_of(weights, k, row);
    dot_rows(&w, 1, prepared, k, &y[row]);
  }
}

// One row times up to eight vectors: y[i·y_stride] = Σ w·vector i.
static void multiply_row(const block *w, size_t k, const activations *const vectors[], size_t count, float *y,
                         size_t y_stride) {
  lane_vector lanes[BLOCK_VECTORS][ACCUMULATORS];
  for (size_t i = 0; i < count; i++) clear(lanes[i]);
  for (size_t g = 0; g < ck_round_up(k, CK_GROUP) / CK_GROUP; g++) {
    const block *here = w + g * GROUP_BLOCKS;
    block tail[GROUP_BLOCKS];
    if ((g + 1) * CK_GROUP > k) {
      copy_tail(w, k, tail);
      here = tail;
    }
    unpacked u;
    unpack(here, &u);
    for (size_t i = 0; i < count; i++) add_group(&u, &vectors[i][g], lanes[i]);
  }
  for (size_t i = 0; i < count; i++) y[i * y_stride] = fold(lanes[i]);
}

static void multiply_strip(const void *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                           size_t m, float *y, size_t y_stride) {
  for (size_t j = 0; j < m; j += BLOCK_VECTORS) {
    const size_t count = m - j < BLOCK_VECTORS ? m - j : BLOCK_VECTORS;
    const activations *vectors[BLOCK_VECTORS];
    for (size_t i = 0; i < count; i++) vectors[i] = vector_of(prepared, k, j + i);
    for (size_t row = row_begin; row < row_end; row++) {
      multiply_row(row_of(weights, k, row), k, vectors, count, y + j * y_stride + row, y_stride);
    }
  }
}

static void multiply(const void *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                     float *y, size_t y_stride) {
  if (m == 1) {
    multiply_one(weights, k, row_begin, row_end, prepared, y);
    return;
  }
  for (size_t row = row_begin; row < row_end; row += BLOCK_STRIP_ROWS) {
    const size_t end = row_end - row < BLOCK_STRIP_ROWS ? row_end : row + BLOCK_STRIP_ROWS;
    multiply_strip(weights, k, row, end, prepared, m, y, y_stride);
  }
}
