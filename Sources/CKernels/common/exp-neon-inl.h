// ck_exp (exp-portable-inl.h) for four floats, the same bytes.

#ifndef CK_EXP_NEON_INL_H
#define CK_EXP_NEON_INL_H

#include <arm_neon.h>

#include "exp-portable-inl.h"
#include "target-inl.h"

CK_INLINE float32x4_t ck_exp_4(float32x4_t x) {
  const float32x4_t magic = vdupq_n_f32(CK_EXP_MAGIC);
  const float32x4_t shifted = vfmaq_f32(magic, x, vdupq_n_f32(CK_EXP_LOG2_E));
  const float32x4_t n = vsubq_f32(shifted, magic);
  const float32x4_t high = vfmaq_f32(x, n, vdupq_n_f32(-CK_EXP_LN2_HIGH));
  const float32x4_t r = vfmaq_f32(high, n, vdupq_n_f32(-CK_EXP_LN2_LOW));
  float32x4_t p = vfmaq_f32(vdupq_n_f32(CK_EXP_P1), r, vdupq_n_f32(CK_EXP_P0));
  p = vfmaq_f32(vdupq_n_f32(CK_EXP_P2), p, r);
  p = vfmaq_f32(vdupq_n_f32(CK_EXP_P3), p, r);
  p = vfmaq_f32(vdupq_n_f32(CK_EXP_P4), p, r);
  p = vfmaq_f32(vdupq_n_f32(CK_EXP_P5), p, r);
  const float32x4_t mantissa = vaddq_f32(vfmaq_f32(r, p, vmulq_f32(r, r)), vdupq_n_f32(1));
  const int32x4_t integer = vsubq_s32(vreinterpretq_s32_f32(shifted), vreinterpretq_s32_f32(magic));
  const int32x4_t power = vshlq_n_s32(vaddq_s32(integer, vdupq_n_s32(127)), 23);
  const uint32x4_t least = vcltq_f32(x, vdupq_n_f32(CK_EXP_LEAST));
  const uint32x4_t most = vcgtq_f32(x, vdupq_n_f32(CK_EXP_MOST));
  const float32x4_t product = vmulq_f32(mantissa, vreinterpretq_f32_s32(power));
  const float32x4_t value = vbslq_f32(least, vdupq_n_f32(0), product);
  return vbslq_f32(most, vdupq_n_f32(INFINITY), value);
}

#endif
