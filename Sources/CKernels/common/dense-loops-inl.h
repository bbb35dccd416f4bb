// The loops of a dense kernel of float weights around one instruction set, which defines before
//     DENSE_STREAMS, dot_block      products of a few rows with a few vectors
//     DENSE_STRIP_ROWS, multiply_strip(weights, k, row_begin, row_end, x, m, y, y_stride)

static void multiply_one(const void *weights, size_t k, size_t row_begin, size_t row_end, const float *x, float *y) {
  const size_t part = (row_end - row_begin) / DENSE_STREAMS;
  for (size_t row = row_begin; row < row_begin + part; row++) {
    const weight *w[DENSE_STREAMS];
    float sums[DENSE_STREAMS];
    for (size_t s = 0; s < DENSE_STREAMS; s++) w[s] = row_of(weights, k, row + s * part);
    dot_block(w, DENSE_STREAMS, &x, 1, k, sums);
    for (size_t s = 0; s < DENSE_STREAMS; s++) y[row + s * part] = sums[s];
  }
  for (size_t row = row_begin + DENSE_STREAMS * part; row < row_end; row++) {
    const weight *w = row_of(weights, k, row);
    dot_block(&w, 1, &x, 1, k, &y[row]);
  }
}

static size_t prepared_bytes(size_t k) { return k * sizeof(float); }

static void multiply(const void *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                     float *y, size_t y_stride) {
  const float *x = prepared;
  if (m == 1) {
    multiply_one(weights, k, row_begin, row_end, x, y);
    return;
  }
  for (size_t row = row_begin; row < row_end; row += DENSE_STRIP_ROWS) {
    const size_t end = row_end - row < DENSE_STRIP_ROWS ? row_end : row + DENSE_STRIP_ROWS;
    multiply_strip(weights, k, row, end, x, m, y, y_stride);
  }
}
