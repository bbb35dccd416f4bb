// Activations as most kernels read them: their sum, then int8 padded with zeros.
//
// Kernels multiply codes, weights plus one, {0, 1, 2}: maddubs and its kin want one unsigned operand, and with codes
// −128 needs no negation (which has no +128). What the plus one adds, Σ q, is subtracted at the end.

#ifndef CK_ACTIVATIONS_INL_H
#define CK_ACTIVATIONS_INL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "align-inl.h"

/// The line that the sum takes also keeps vectors of 2ⁿ columns from starting 2ⁿ bytes apart, where they would fight
/// for the same cache sets.
typedef struct {
  int32_t sum;
  uint8_t unused[60];
  int8_t q[];
} ck_activations;

static inline size_t ck_activations_bytes(size_t k, size_t m) {
  (void)m;  // the same form for every batch
  return sizeof(ck_activations) + ck_round_up(k, 64);
}

static inline void ck_activations_prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  (void)m;
  ck_activations *out = prepared;
  int32_t sum = 0;
  for (size_t i = 0; i < k; i++) sum += q[i];
  out->sum = sum;
  memset(out->unused, 0, sizeof out->unused);
  memcpy(out->q, q, k);
  memset(out->q + k, 0, ck_round_up(k, 64) - k);
}

/// Vector j of a batch.
static inline const ck_activations *ck_activations_at(const void *prepared, size_t k, size_t j) {
  return (const ck_activations *)((const uint8_t *)prepared + j * ck_activations_bytes(k, 1));
}

#endif
