// y += a·b for small float matrices with NEON, in the order of ck_vector_ops.multiply_add: the sums of a few rows and
// columns stay in registers while k passes. It is included once for each type of b, after three macros: CK_B, an
// element of b; CK_LOAD_4, which loads four of them as floats; CK_PRODUCTS, the function's name. It undefines them.

#ifndef CK_PRODUCTS_NEON_INL_H
#define CK_PRODUCTS_NEON_INL_H

#include "target-inl.h"

enum {
  // Six rows times four vectors are 24 sums, which hide the latency of fused multiply-adds (4 cycles, four a cycle);
  // with four of b and one factor they leave three of 32 registers.
  CK_PRODUCT_ROWS = 6,
  CK_MOST_PRODUCT_ROWS = 8,  // of multiply_tile
  CK_PRODUCT_VECTORS = 8,  // for one or two rows
};

#endif

#define CK_PASTE_(a, b) a##b
#define CK_PASTE(a, b) CK_PASTE_(a, b)
#define CK_MICRO CK_PASTE(CK_PRODUCTS, _micro)
#define CK_ROWS CK_PASTE(CK_PRODUCTS, _rows)

// Rows of a lie a_stride apart, and what one row has for two steps of k a_step.
CK_INLINE void CK_MICRO(const float *a, size_t a_stride, size_t a_step, int rows, size_t k, const CK_B *b,
                        size_t b_stride, int vectors, float *y, size_t y_stride) {
  float32x4_t sums[CK_MOST_PRODUCT_ROWS][CK_PRODUCT_VECTORS];
#pragma unroll
  for (int i = 0; i < rows; i++) {
#pragma unroll
    for (int v = 0; v < vectors; v++) sums[i][v] = vld1q_f32(y + (size_t)i * y_stride + 4 * v);
  }
  for (size_t j = 0; j < k; j++) {
    float32x4_t columns[CK_PRODUCT_VECTORS];
#pragma unroll
    for (int v = 0; v < vectors; v++) columns[v] = CK_LOAD_4(b + j * b_stride + 4 * v);
#pragma unroll
    for (int i = 0; i < rows; i++) {
      const float32x4_t factor = vdupq_n_f32(a[(size_t)i * a_stride + j * a_step]);
#pragma unroll
      for (int v = 0; v < vectors; v++) sums[i][v] = vfmaq_f32(sums[i][v], factor, columns[v]);
    }
  }
#pragma unroll
  for (int i = 0; i < rows; i++) {
#pragma unroll
    for (int v = 0; v < vectors; v++) vst1q_f32(y + (size_t)i * y_stride + 4 * v, sums[i][v]);
  }
}

#include "products-rows-inl.h"

static void CK_PRODUCTS(const float *a, size_t a_stride, size_t rows, size_t k, const CK_B *b, size_t b_stride,
                        size_t n, float *y, size_t y_stride) {
  size_t column = 0;
  // Fewer rows need more columns, or their sums wait for each other.
  for (; rows == 1 && column + 32 <= n; column += 32) {
    CK_MICRO(a, a_stride, 1, 1, k, b + column, b_stride, 8, y + column, y_stride);
  }
  for (; rows == 2 && column + 32 <= n; column += 32) {
    CK_MICRO(a, a_stride, 1, 2, k, b + column, b_stride, 8, y + column, y_stride);
  }
  for (; column + 16 <= n; column += 16) CK_ROWS(a, a_stride, rows, k, b + column, b_stride, 4, y + column, y_stride);
  if (column < n) CK_ROWS(a, a_stride, rows, k, b + column, b_stride, 2, y + column, y_stride);
}

#undef CK_B
#undef CK_LOAD_4
#undef CK_PRODUCTS
#undef CK_ROWS
#undef CK_MICRO
#undef CK_PASTE
#undef CK_PASTE_
