// y += a·b for small float matrices, in the order of ck_vector_ops.multiply_add: the sums of a few rows and columns
// stay in registers while k passes. It is included once for each type of b and width, inside a region whose functions
// have the targets, after these macros, which it undefines, but for the first three:
//     CK_VECTOR, CK_WIDTH, CK_MM    a register of floats, how many it holds, and its intrinsics: CK_MM(add_ps)(a, b)
//     CK_B, CK_LOAD                 an element of b, and what loads CK_WIDTH of them as floats
//     CK_PRODUCTS                   the function's name; it takes the columns that fill whole registers

#include "target-inl.h"

#ifndef CK_PRODUCTS_INL_H
#define CK_PRODUCTS_INL_H

enum {
  // Six rows times two vectors are twelve sums, which hide the latency of fused multiply-adds (4 cycles, two a cycle);
  // with two of b and one broadcast they leave one of AVX2's 16 registers.
  CK_PRODUCT_ROWS = 6,
  CK_MOST_PRODUCT_ROWS = 12,  // of multiply_tile
  // Rows of b that are asked for before they are read: keys and values of a long context come from memory, whose
  // latency a core hides with about 2 KiB on their way, and a row brings 64 bytes or more. Past the end of b lie the
  // rows of the next call, or nothing, which does no harm.
  CK_PRODUCT_AHEAD = 32,
  CK_PRODUCT_LINE = 64,
};

// The tile of y that comes next, beside this one: a row of it is a line or two, of which no CPU foresees the first.
CK_INLINE void ck_prefetch_tile(const float *y, size_t y_stride, int rows, int columns) {
#pragma unroll
  for (int i = 0; i < rows; i++) {
#pragma unroll
    for (int c = 0; c < columns; c += CK_PRODUCT_LINE / (int)sizeof(float)) {
      __builtin_prefetch(y + (size_t)i * y_stride + columns + c);
    }
  }
}

#endif

#define CK_PASTE_(a, b) a##b
#define CK_PASTE(a, b) CK_PASTE_(a, b)
#define CK_MICRO CK_PASTE(CK_PRODUCTS, _micro)
#define CK_ROWS CK_PASTE(CK_PRODUCTS, _rows)

// Rows of a lie a_stride apart, and what one row has for two steps of k a_step.
CK_INLINE void CK_MICRO(const float *a, size_t a_stride, size_t a_step, int rows, size_t k, const CK_B *b,
                        size_t b_stride, int vectors, float *y, size_t y_stride) {
  CK_VECTOR sums[CK_MOST_PRODUCT_ROWS][8];
#pragma unroll
  for (int i = 0; i < rows; i++) {
#pragma unroll
    for (int v = 0; v < vectors; v++) sums[i][v] = CK_MM(loadu_ps)(y + (size_t)i * y_stride + CK_WIDTH * v);
  }
  for (size_t j = 0; j < k; j++) {
    CK_VECTOR columns[8];
#pragma unroll
    for (int v = 0; v < vectors; v++) {
      if (v * CK_WIDTH * sizeof(CK_B) % CK_PRODUCT_LINE == 0) {
        __builtin_prefetch(b + (j + CK_PRODUCT_AHEAD) * b_stride + CK_WIDTH * v);
      }
      columns[v] = CK_LOAD(b + j * b_stride + CK_WIDTH * v);
    }
#pragma unroll
    for (int i = 0; i < rows; i++) {
      const CK_VECTOR factor = CK_MM(set1_ps)(a[(size_t)i * a_stride + j * a_step]);
#pragma unroll
      for (int v = 0; v < vectors; v++) sums[i][v] = CK_MM(fmadd_ps)(factor, columns[v], sums[i][v]);
    }
  }
#pragma unroll
  for (int i = 0; i < rows; i++) {
#pragma unroll
    for (int v = 0; v < vectors; v++) CK_MM(storeu_ps)(y + (size_t)i * y_stride + CK_WIDTH * v, sums[i][v]);
  }
}

#include "products-rows-inl.h"

static void CK_PRODUCTS(const float *a, size_t a_stride, size_t rows, size_t k, const CK_B *b, size_t b_stride,
                        size_t n, float *y, size_t y_stride) {
  size_t column = 0;
  // Fewer rows need more columns, or their sums wait for each other.
  for (; rows == 1 && column + 8 * CK_WIDTH <= n; column += 8 * CK_WIDTH) {
    CK_MICRO(a, a_stride, 1, 1, k, b + column, b_stride, 8, y + column, y_stride);
  }
  // Values of a head, which decoding weights for two or four queries, come from memory: they are read in the order in
  // which they lie, all columns before the next row. AVX-512 alone has the registers for it, of which 16 hold sums.
  for (; CK_WIDTH == 16 && (rows == 2 || rows == 4) && column + 8 * CK_WIDTH <= n; column += 8 * CK_WIDTH) {
    for (size_t i = 0; i < rows; i += 2) {
      CK_MICRO(a + i * a_stride, a_stride, 1, 2, k, b + column, b_stride, 8, y + i * y_stride + column, y_stride);
    }
  }
  for (; rows == 2 && column + 4 * CK_WIDTH <= n; column += 4 * CK_WIDTH) {
    CK_MICRO(a, a_stride, 1, 2, k, b + column, b_stride, 4, y + column, y_stride);
  }
  for (; rows == 1 && column + 4 * CK_WIDTH <= n; column += 4 * CK_WIDTH) {
    CK_MICRO(a, a_stride, 1, 1, k, b + column, b_stride, 4, y + column, y_stride);
  }
  for (; column + 2 * CK_WIDTH <= n; column += 2 * CK_WIDTH) {
    CK_ROWS(a, a_stride, rows, k, b + column, b_stride, 2, y + column, y_stride);
  }
  if (column + CK_WIDTH <= n) CK_ROWS(a, a_stride, rows, k, b + column, b_stride, 1, y + column, y_stride);
}

#undef CK_B
#undef CK_LOAD
#undef CK_PRODUCTS
#undef CK_ROWS
#undef CK_MICRO
#undef CK_PASTE
#undef CK_PASTE_
