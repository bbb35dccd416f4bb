// A strip of vectors in register blocks of up to twelve: the instruction set's multiply_vectors stands before.

#ifndef CK_TILE_STRIP12_INL_H
#define CK_TILE_STRIP12_INL_H

#include "target-inl.h"

// How many of the `left` vectors to take next: twelve, or two halves of what one block more would hold, as chains of a
// few vectors wait for each other: 14 are 7 + 7.
CK_INLINE size_t next_vectors(size_t left) {
  if (left >= 2 * TILE_VECTORS || left == TILE_VECTORS) return TILE_VECTORS;
  return left > TILE_VECTORS ? (left + 1) / 2 : left;
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
      case 11: multiply_vectors(weights, quads, q, q_stride, 11, sums, stride); break;
      default: multiply_vectors(weights, quads, q, q_stride, TILE_VECTORS, sums, stride); break;
    }
    q += taken * q_stride;
    sums += taken * stride;
    vectors -= taken;
  }
}

#endif
