// The layout of the packing `f16`, and the activations its kernels read.
//
// A row is k half floats, −1, 0 or +1, padded with zeros to 64 bytes; a panel is one row. Activations are floats that
// hold the int8 integers, padded alike. So a product is an integer, and any sum of up to 2¹⁷ of them is an integer of
// at most 128 · 2¹⁷ = 2²⁴, which a float holds exactly: within such a span the order of additions does not matter and
// the result is the exact Int32. Longer rows are summed in spans.

#ifndef CK_ROWS_F16_INL_H
#define CK_ROWS_F16_INL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "align-inl.h"

enum {
  ROWS_F16_COLUMNS = 32,    // 64 bytes of halves
  ROWS_F16_SPAN = 1 << 17,  // columns whose sum a float holds exactly, −128 · +1 in each of them included
};

static inline size_t rows_f16_columns(size_t k) { return ck_round_up(k, ROWS_F16_COLUMNS); }

static inline size_t rows_f16_panel_bytes(size_t k) { return rows_f16_columns(k) * sizeof(uint16_t); }

static inline size_t rows_f16_prepared_bytes(size_t k, size_t m) {
  (void)m;  // the same form for every batch
  return rows_f16_columns(k) * sizeof(float);
}

static inline void rows_f16_prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  (void)m;
  float *out = prepared;
  for (size_t i = 0; i < k; i++) out[i] = q[i];
  memset(out + k, 0, (rows_f16_columns(k) - k) * sizeof(float));
}

static inline const uint16_t *rows_f16_row(const uint8_t *weights, size_t k, size_t row) {
  return (const uint16_t *)(weights + row * rows_f16_panel_bytes(k));
}

static inline const float *rows_f16_vector(const void *prepared, size_t k, size_t j) {
  return (const float *)((const uint8_t *)prepared + j * rows_f16_prepared_bytes(k, 1));
}

#endif
