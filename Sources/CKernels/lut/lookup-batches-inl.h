// Tables for up to FEW_VECTORS vectors, tiles for more. The file that includes this defines FEW_VECTORS, and
// prepare_tables, multiply_few and multiply_tiles before.

#ifndef CK_LOOKUP_BATCHES_INL_H
#define CK_LOOKUP_BATCHES_INL_H

#include "../common/activations-inl.h"

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

#endif
