// ck_vector_ops.selective_scan over the vectors of floats that floats-*-inl.h names, the same bytes as the portable
// one. Include it behind one of these, inside the region of its target.

#ifndef CK_SCAN_INL_H
#define CK_SCAN_INL_H

#include <string.h>

#include "CKernels.h"
#include "softplus-inl.h"
#include "target-inl.h"

enum { CK_SCAN_VECTORS = CK_SCAN_CHANNELS / CK_FLOATS };

// A row of a block: whole, or fewer channels and then zeros.
CK_INLINE void ck_scan_load(const float *x, size_t channels, ck_floats row[CK_SCAN_VECTORS]) {
  float padded[CK_SCAN_CHANNELS] = {0};
  if (channels < CK_SCAN_CHANNELS) {
    memcpy(padded, x, channels * sizeof(float));
    x = padded;
  }
#pragma unroll
  for (int v = 0; v < CK_SCAN_VECTORS; v++) row[v] = ck_load(x + CK_FLOATS * v);
}

CK_INLINE void ck_scan_store(float *out, size_t channels, const ck_floats row[CK_SCAN_VECTORS]) {
  float padded[CK_SCAN_CHANNELS];
  float *const whole = channels < CK_SCAN_CHANNELS ? padded : out;
#pragma unroll
  for (int v = 0; v < CK_SCAN_VECTORS; v++) ck_store(whole + CK_FLOATS * v, row[v]);
  if (channels < CK_SCAN_CHANNELS) memcpy(out, padded, channels * sizeof(float));
}

CK_INLINE ck_floats ck_softpluses(ck_floats x) {
  const ck_floats zero = ck_all(0);
  const ck_floats split = ck_all(CK_SOFTPLUS_SPLIT);
  const ck_floats t = ck_powers(ck_negative(ck_magnitude(x)));
  const ck_floats r = ck_where_above(t, split, ck_fused(t, ck_all(0.5f), ck_all(-0.5f)), t);
  ck_floats p = ck_fused(r, ck_all(CK_SOFTPLUS_P0), ck_all(CK_SOFTPLUS_P1));
  p = ck_fused(p, r, ck_all(CK_SOFTPLUS_P2));
  p = ck_fused(p, r, ck_all(CK_SOFTPLUS_P3));
  p = ck_fused(p, r, ck_all(CK_SOFTPLUS_P4));
  p = ck_fused(p, r, ck_all(CK_SOFTPLUS_P5));
  p = ck_fused(p, r, ck_all(CK_SOFTPLUS_P6));
  p = ck_fused(p, r, ck_all(CK_SOFTPLUS_P7));
  p = ck_fused(p, r, ck_all(CK_SOFTPLUS_P8));
  const ck_floats logarithm = ck_fused(ck_product(r, r), ck_fused(p, r, ck_all(-0.5f)), r);
  const ck_floats whole = ck_where_above(t, split, ck_sum(logarithm, ck_all(CK_SOFTPLUS_LN2)), logarithm);
  return ck_sum(ck_where_above(x, zero, x, zero), whole);
}

// One token: y from Δ and u, with the states on their way.
CK_INLINE void ck_scan_states(const ck_scan *scan, const ck_floats delta[CK_SCAN_VECTORS],
                              const ck_floats u[CK_SCAN_VECTORS], const float *b, const float *c,
                              ck_floats y[CK_SCAN_VECTORS]) {
  ck_floats input[CK_SCAN_VECTORS];
#pragma unroll
  for (int v = 0; v < CK_SCAN_VECTORS; v++) input[v] = ck_product(delta[v], u[v]);
  for (size_t s = 0; s < scan->states; s++) {
    const float *const decay = scan->decay + s * CK_SCAN_CHANNELS;
    float *const hidden = scan->hidden + s * CK_SCAN_CHANNELS;
#pragma unroll
    for (int v = 0; v < CK_SCAN_VECTORS; v++) {
      const ck_floats kept = ck_powers(ck_product(delta[v], ck_load(decay + CK_FLOATS * v)));
      const ck_floats added = ck_product(input[v], ck_all(b[s]));
      const ck_floats state = ck_fused(kept, ck_load(hidden + CK_FLOATS * v), added);
      ck_store(hidden + CK_FLOATS * v, state);
      y[v] = ck_fused(state, ck_all(c[s]), y[v]);
    }
  }
}

static void selective_scan(const ck_scan *scan) {
  const size_t channels = scan->channels;
  ck_floats bias[CK_SCAN_VECTORS], skip[CK_SCAN_VECTORS];
  ck_scan_load(scan->delta_bias, channels, bias);
  ck_scan_load(scan->skip, channels, skip);
  for (size_t t = 0; t < scan->tokens; t++) {
    ck_floats delta[CK_SCAN_VECTORS], u[CK_SCAN_VECTORS], z[CK_SCAN_VECTORS], y[CK_SCAN_VECTORS];
    ck_scan_load(scan->delta + t * scan->delta_stride, channels, delta);
    ck_scan_load(scan->u + t * scan->u_stride, channels, u);
    ck_scan_load(scan->z + t * scan->z_stride, channels, z);
#pragma unroll
    for (int v = 0; v < CK_SCAN_VECTORS; v++) {
      delta[v] = ck_softpluses(ck_sum(delta[v], bias[v]));
      y[v] = ck_product(skip[v], u[v]);
    }
    const size_t selected = t * scan->selected_stride;
    ck_scan_states(scan, delta, u, scan->b + selected, scan->c + selected, y);
    if (scan->y != NULL) ck_scan_store(scan->y + t * scan->out_stride, channels, y);
#pragma unroll
    for (int v = 0; v < CK_SCAN_VECTORS; v++) {
      const ck_floats divisor = ck_sum(ck_all(1), ck_powers(ck_negative(z[v])));
      y[v] = ck_product(ck_quotient(z[v], divisor), y[v]);
    }
    ck_scan_store(scan->out + t * scan->out_stride, channels, y);
  }
}

#endif
