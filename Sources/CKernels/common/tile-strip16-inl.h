// A strip of vectors in register blocks of up to sixteen: the instruction set's multiply_vectors stands before.

#ifndef CK_TILE_STRIP16_INL_H
#define CK_TILE_STRIP16_INL_H

#include "target-inl.h"

// How many of the `left` vectors to take next: 16, 12, or up to 10, so that no block is left with a few, whose chains
// would wait for each other: 17 are 9 + 8.
CK_INLINE size_t next_vectors(size_t left) {
  if (left >= 16 + 8 || left == 16) return 16;
  if (left > 20 || left == 12) return 12;
  return left > 10 ? (left + 1) / 2 : left;
}

static void multiply_strip(const tile *weights, size_t quads, const int8_t *q, size_t q_stride, size_t vectors,
                           int32_t *sums, size_t stride) {
  while (vectors > 0) {
    const size_t taken = next_vectors(vectors);
    switch (taken) {
      case 1: multiply_vectors(weights, quads, q, q_stride, 1, sums, stride); break;
      case 2: multiply_vectors(weights, quads, q, q_stride, 2, sums, stride); break;
      case 3: multiply_vectors(weights, quads, q, q_stride, 3, sums, stride); break;
      case 4: multiply_vectors(weights, quads, q, q_stride, 4, sums, stride); break;
      case 5: multiply_vectors(weights, quads, q, q_stride, 5, sums, stride); break;
      case 6: multiply_vectors(weights, quads, q, q_stride, 6, sums, stride); break;
      case 7: multiply_vectors(weights, quads, q, q_stride, 7, sums, stride); break;
      case 8: multiply_vectors(weights, quads, q, q_stride, 8, sums, stride); break;
      case 9: multiply_vectors(weights, quads, q, q_stride, 9, sums, stride); break;
      case 10: multiply_vectors(weights, quads, q, q_stride, 10, sums, stride); break;
      case 12: multiply_vectors(weights, quads, q, q_stride, 12, sums, stride); break;
      default: multiply_vectors(weights, quads, q, q_stride, 16, sums, stride); break;
    }
    q += taken * q_stride;
    sums += taken * stride;
    vectors -= taken;
  }
}

#endif
