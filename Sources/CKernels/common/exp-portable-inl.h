// e^x for one float, written so that every instruction set gives its bytes: the C library's expf differs between
// machines.

#ifndef CK_EXP_PORTABLE_INL_H
#define CK_EXP_PORTABLE_INL_H

#include <math.h>

#include "half-inl.h"

// A product and a sum meet in one rounding only where fmaf says so.
#pragma STDC FP_CONTRACT OFF

// Range reduction x = n·ln 2 + r and the polynomial for e^r are those of the Cephes library (Moshier, expf.c).
#define CK_EXP_LOG2_E 1.44269504f
// Adding 1.5·2²³ rounds to the nearest integer, ties to even, and leaves it in the low bits.
#define CK_EXP_MAGIC 0x1.8p23f
// ln 2 in two parts; n times the first is exact.
#define CK_EXP_LN2_HIGH 0.693359375f
#define CK_EXP_LN2_LOW -2.1219444e-4f
#define CK_EXP_P0 1.98756915e-4f
#define CK_EXP_P1 1.39819995e-3f
#define CK_EXP_P2 8.3334519e-3f
#define CK_EXP_P3 4.1665796e-2f
#define CK_EXP_P4 0.166666655f
#define CK_EXP_P5 0.5f
// Below the smallest normal number e^x counts as zero.
#define CK_EXP_LEAST -87.33654f
// From here on, just short of the largest float, n would be 128, which has no float: infinity.
#define CK_EXP_MOST 88.37f

/// e^x to about one unit in the last place; NaN stays.
static inline float ck_exp(float x) {
  const float shifted = fmaf(x, CK_EXP_LOG2_E, CK_EXP_MAGIC);
  const float n = shifted - CK_EXP_MAGIC;
  const float r = fmaf(n, -CK_EXP_LN2_LOW, fmaf(n, -CK_EXP_LN2_HIGH, x));
  float p = fmaf(r, CK_EXP_P0, CK_EXP_P1);
  p = fmaf(p, r, CK_EXP_P2);
  p = fmaf(p, r, CK_EXP_P3);
  p = fmaf(p, r, CK_EXP_P4);
  p = fmaf(p, r, CK_EXP_P5);
  const float mantissa = fmaf(p, r * r, r) + 1;
  const uint32_t power = (ck_bits_of_float(shifted) - ck_bits_of_float(CK_EXP_MAGIC) + 127) << 23;
  if (x < CK_EXP_LEAST) return 0;
  if (x > CK_EXP_MOST) return INFINITY;
  return mantissa * ck_float_of_bits(power);
}

#endif
