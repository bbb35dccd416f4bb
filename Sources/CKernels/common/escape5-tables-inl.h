// What the activations of a group are worth to the fields of the packing `escape5`, as tables for byte shuffles.
//
// A pair is worth at most 2·128 and a triple 3·128, too much for a byte: T = 25·h + l, with −12 ≤ l ≤ 12. That is
// exact, and leaves room for sums in bytes: a pair and a triple add at most 24 to the sum of l and 25 to that of h.

#ifndef CK_ESCAPE5_TABLES_INL_H
#define CK_ESCAPE5_TABLES_INL_H

#include "align-inl.h"
#include "escape5-inl.h"

enum {
  ESCAPE5_RADIX = 25,
  // Sums of bytes hold five groups: 5 · 24 = 120 and 5 · 25 = 125.
  ESCAPE5_FLUSH_GROUPS = 5,
  // round(T / 25) = round(T · 1311 / 2¹⁵) for every |T| ≤ 384; ties do not occur.
  ESCAPE5_RECIPROCAL = 1311,
};

/// The l and h of every triple m and of the eight pairs that have a code of their own.
typedef struct {
  _Alignas(16) int8_t triple_low[16];
  int8_t triple_high[16];
  int8_t pair_low[8];
  int8_t pair_high[8];
} escape5_tables;

static inline size_t escape5_tables_bytes(size_t k) {
  return ck_round_up(escape5_groups(k) * sizeof(escape5_tables), 64);
}

#endif
