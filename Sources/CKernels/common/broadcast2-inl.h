// The layout of the packing `broadcast2`, and the activations its kernels read.
//
// A panel is 16 rows. Its columns come in blocks of 16, one cache line each:
//
//     byte 4·row + i of a block, bits 2·f and 2·f + 1:   the weight of column 4·f + i, as a code
//
// so the 32-byte halves of a line hold rows 0–7 and 8–15, and one broadcast of the four activations 4·f … 4·f + 3 meets
// field f of every row at once: no horizontal sums, and 16 contiguous Int32 results. A code is the weight plus one,
// {0, 1, 2}: maddubs wants one unsigned operand, and with codes −128 needs no negation (which has no +128). What the
// plus one adds, Σ q, is subtracted at the end. Padding has code 1, the weight zero, and activations that are zero.

#ifndef CK_BROADCAST2_INL_H
#define CK_BROADCAST2_INL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "align-inl.h"

enum {
  BROADCAST2_ROWS = 16,
  BROADCAST2_COLUMNS = 16,
  BROADCAST2_BLOCK_BYTES = 64,
};

static inline size_t broadcast2_blocks(size_t k) { return (k + BROADCAST2_COLUMNS - 1) / BROADCAST2_COLUMNS; }

static inline size_t broadcast2_panel_bytes(size_t k) { return broadcast2_blocks(k) * BROADCAST2_BLOCK_BYTES; }

/// Prepared activations: their sum, then the activations padded with zeros. The line that the sum takes also keeps
/// vectors of 2ⁿ columns from starting 2ⁿ bytes apart, where they would fight for the same cache sets.
typedef struct {
  int32_t sum;
  uint8_t unused[60];
  int8_t q[];
} broadcast2_activations;

static inline size_t broadcast2_prepared_bytes(size_t k) {
  return sizeof(broadcast2_activations) + ck_round_up(k, 64);
}

static inline void broadcast2_prepare(const int8_t *q, size_t k, void *prepared) {
  broadcast2_activations *out = prepared;
  int32_t sum = 0;
  for (size_t i = 0; i < k; i++) sum += q[i];
  out->sum = sum;
  memset(out->unused, 0, sizeof out->unused);
  memcpy(out->q, q, k);
  memset(out->q + k, 0, ck_round_up(k, 64) - k);
}

static inline const broadcast2_activations *broadcast2_vector(const void *prepared, size_t k, size_t j) {
  return (const broadcast2_activations *)((const uint8_t *)prepared + j * broadcast2_prepared_bytes(k));
}

#endif
