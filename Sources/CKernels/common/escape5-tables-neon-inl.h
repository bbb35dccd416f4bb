// Makes the tables of the packing `escape5` with NEON.

#ifndef CK_ESCAPE5_TABLES_NEON_INL_H
#define CK_ESCAPE5_TABLES_NEON_INL_H

#include <arm_neon.h>

#include "escape5-tables-inl.h"
#include "target-inl.h"

// Splits eight entries T into l and h. vqrdmulh doubles its product, shifts by 16 and rounds: T · 1311 / 2¹⁵.
CK_INLINE void escape5_store_entries(int16x8_t worth, int8_t *low, int8_t *high) {
  const int16x8_t h = vqrdmulhq_n_s16(worth, ESCAPE5_RECIPROCAL);
  vst1_s8(low, vmovn_s16(vmlsq_n_s16(worth, h, ESCAPE5_RADIX)));
  vst1_s8(high, vmovn_s16(h));
}

CK_INLINE void escape5_store_group(const int8_t q[ESCAPE5_GROUP], escape5_tables *out) {
  int8x8_t x[ESCAPE5_GROUP];
#pragma unroll
  for (int i = 0; i < ESCAPE5_GROUP; i++) x[i] = vdup_n_s8(q[i]);
#pragma unroll
  for (int m = 0; m < 16; m += 8) {
    const int16x8_t first = vmull_s8(vld1_s8(escape5_triples[0] + m), x[2]);
    const int16x8_t second = vmlal_s8(first, vld1_s8(escape5_triples[1] + m), x[3]);
    const int16x8_t all = vmlal_s8(second, vld1_s8(escape5_triples[2] + m), x[4]);
    escape5_store_entries(all, out->triple_low + m, out->triple_high + m);
  }
  const int16x8_t pairs = vmlal_s8(vmull_s8(vld1_s8(escape5_pairs[0]), x[0]), vld1_s8(escape5_pairs[1]), x[1]);
  escape5_store_entries(pairs, out->pair_low, out->pair_high);
}

/// The tables of all groups of k activations; activations past the end are zero.
static void escape5_prepare_tables(const int8_t *q, size_t k, escape5_tables *out) {
  const size_t whole = k / ESCAPE5_GROUP;
  for (size_t group = 0; group < whole; group++) escape5_store_group(q + group * ESCAPE5_GROUP, out + group);
  for (size_t group = whole; group < escape5_groups(k); group++) {
    int8_t padded[ESCAPE5_GROUP] = {0};
    for (size_t i = 0; group * ESCAPE5_GROUP + i < k; i++) padded[i] = q[group * ESCAPE5_GROUP + i];
    escape5_store_group(padded, out + group);
  }
}

#endif
