// A tile times some vectors in plain C: what every other instruction set must equal.

#ifndef CK_TILE_PORTABLE_INL_H
#define CK_TILE_PORTABLE_INL_H

/// sums[j][0..<16] += tile · q[j] for `vectors` vectors, whose q and sums lie q_stride and stride apart. Sums wrap on
/// the way, as codes may pass 2³¹ where the weights' own sum does not.
static void multiply_strip(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, size_t vectors,
                           int32_t *sums, size_t stride) {
  for (size_t j = 0; j < vectors; j++) {
    uint32_t totals[TILE_ROWS] = {0};
    for (size_t quad = 0; quad < quads; quad++) {
      const uint8_t *codes = weights->codes + quad * TILE_QUAD_BYTES;
      const int8_t *x = q + j * q_stride + 4 * quad;
      for (int row = 0; row < TILE_ROWS; row++) {
        int32_t sum = 0;
        for (int i = 0; i < 4; i++) sum += codes[4 * row + i] * x[i];
        totals[row] += (uint32_t)sum;
      }
    }
    for (int row = 0; row < TILE_ROWS; row++) {
      sums[j * stride + row] = (int32_t)((uint32_t)sums[j * stride + row] + totals[row]);
    }
  }
}

#endif
