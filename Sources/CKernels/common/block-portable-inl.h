// A dense kernel of weights in blocks, in plain C: the sums that every other instruction set must reproduce to the bit.
// The file that includes this defines first
//     block                 one block of weights, of BLOCK columns
//     LANES                 how many lanes a row has
//     quantize              how 256 activations are rounded
//     add_block(lanes, block *, b, activation_group *)    block b of a row; the group holds its activations

#include <math.h>

#include "align-inl.h"

static size_t row_bytes(size_t k) { return k / BLOCK * sizeof(block); }

static size_t prepared_bytes(size_t k) {
  return ck_round_up(ck_round_up(k, CK_GROUP) / CK_GROUP * sizeof(ck_activation_group), 64);
}

static void prepare(const float *x, size_t k, void *prepared) {
  ck_activation_group *groups = prepared;
  for (size_t first = 0; first < k; first += CK_GROUP) quantize(x, k, first, &groups[first / CK_GROUP]);
}

static float dot(const block *w, const ck_activation_group *groups, size_t k) {
  float lanes[LANES] = {0};
  const block zero = {0};
  for (size_t b = 0; b < ck_round_up(k, CK_GROUP) / BLOCK; b++) {
    add_block(lanes, b * BLOCK < k ? &w[b] : &zero, b, &groups[b * BLOCK / CK_GROUP]);
  }
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

static void multiply(const void *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                     float *y, size_t y_stride) {
  for (size_t row = row_begin; row < row_end; row++) {
    const block *w = (const block *)weights + row * (k / BLOCK);
    for (size_t j = 0; j < m; j++) {
      const void *vector = (const char *)prepared + j * prepared_bytes(k);
      y[j * y_stride + row] = dot(w, vector, k);
    }
  }
}
