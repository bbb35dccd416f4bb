// Any number of rows by groups of up to CK_PRODUCT_ROWS, for products-inl.h and products-neon-inl.h: CK_ROWS calls
// their CK_MICRO, whose sums stay in registers. It is included once for each type of b and width.

#ifndef CK_PRODUCTS_ROWS_INL_H
#define CK_PRODUCTS_ROWS_INL_H

// Groups of rows of about one size: none so small that its sums wait for each other.
static inline size_t ck_product_rows(size_t rows) {
  if (rows <= CK_PRODUCT_ROWS) return rows;
  return rows < 2 * CK_PRODUCT_ROWS ? (rows + 1) / 2 : CK_PRODUCT_ROWS;
}

#endif

// All rows with the same few columns of b, which stay in the first-level cache.
CK_INLINE void CK_ROWS(const float *a, size_t a_stride, size_t rows, size_t k, const CK_B *b, size_t b_stride,
                       int vectors, float *y, size_t y_stride) {
  while (rows > 0) {
    const size_t taken = ck_product_rows(rows);
    switch (taken) {
      case 1: CK_MICRO(a, a_stride, 1, 1, k, b, b_stride, vectors, y, y_stride); break;
      case 2: CK_MICRO(a, a_stride, 1, 2, k, b, b_stride, vectors, y, y_stride); break;
      case 3: CK_MICRO(a, a_stride, 1, 3, k, b, b_stride, vectors, y, y_stride); break;
      case 4: CK_MICRO(a, a_stride, 1, 4, k, b, b_stride, vectors, y, y_stride); break;
      case 5: CK_MICRO(a, a_stride, 1, 5, k, b, b_stride, vectors, y, y_stride); break;
      default: CK_MICRO(a, a_stride, 1, CK_PRODUCT_ROWS, k, b, b_stride, vectors, y, y_stride); break;
    }
    a += taken * a_stride;
    y += taken * y_stride;
    rows -= taken;
  }
}
