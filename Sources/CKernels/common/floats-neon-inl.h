// The vocabulary of scan-inl.h with NEON: four floats.

#ifndef CK_FLOATS_INL_H
#define CK_FLOATS_INL_H

#include <arm_neon.h>

#include "exp-neon-inl.h"

typedef float32x4_t ck_floats;
enum { CK_FLOATS = 4 };

CK_INLINE ck_floats ck_load(const float *x) { return vld1q_f32(x); }
CK_INLINE void ck_store(float *x, ck_floats values) { vst1q_f32(x, values); }
CK_INLINE ck_floats ck_all(float x) { return vdupq_n_f32(x); }
CK_INLINE ck_floats ck_sum(ck_floats a, ck_floats b) { return vaddq_f32(a, b); }
CK_INLINE ck_floats ck_product(ck_floats a, ck_floats b) { return vmulq_f32(a, b); }
CK_INLINE ck_floats ck_quotient(ck_floats a, ck_floats b) { return vdivq_f32(a, b); }
CK_INLINE ck_floats ck_fused(ck_floats a, ck_floats b, ck_floats c) { return vfmaq_f32(c, a, b); }
CK_INLINE ck_floats ck_negative(ck_floats x) { return vnegq_f32(x); }
CK_INLINE ck_floats ck_magnitude(ck_floats x) { return vabsq_f32(x); }
CK_INLINE ck_floats ck_powers(ck_floats x) { return ck_exp_4(x); }
// then where x > limit.
CK_INLINE ck_floats ck_where_above(ck_floats x, ck_floats limit, ck_floats then, ck_floats otherwise) {
  return vbslq_f32(vcgtq_f32(x, limit), then, otherwise);
}

#endif
