// A strip of vectors in register blocks of up to six: the instruction set's multiply_vectors stands before.

#ifndef CK_TILE_STRIP6_INL_H
#define CK_TILE_STRIP6_INL_H

#include "target-inl.h"

// How many of the `left` vectors to take next: six, but rather 4 + 4 and 4 + 3 than 6 + 2 and 6 + 1.
CK_INLINE size_t next_vectors(size_t left) {
  if (left == 7 || left == 8) return 4;
  return left < TILE_VECTORS ? left : TILE_VECTORS;
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
      default: multiply_vectors(weights, quads, q, q_stride, TILE_VECTORS, sums, stride); break;
    }
    q += taken * q_stride;
    sums += taken * stride;
    vectors -= taken;
  }
}

#endif
