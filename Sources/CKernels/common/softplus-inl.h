// softplus(x) = ln(1 + e^x) for one float, written so that every instruction set gives its bytes.

#ifndef CK_SOFTPLUS_INL_H
#define CK_SOFTPLUS_INL_H

#include <math.h>

#include "exp-portable-inl.h"

// With t = e^−|x| it is max(x, 0) + ln(1 + t), which neither overflows nor loses what is small. Above sqrt(2) − 1, t is
// brought near zero: 1 + t = 2·(1 + r).
#define CK_SOFTPLUS_SPLIT 0.41421356f
#define CK_SOFTPLUS_LN2 0.69314718f
// ln(1 + r) = r − r²/2 + r³·p(r) on [sqrt(1/2) − 1, sqrt(2) − 1], with the polynomial of the Cephes library (Moshier,
// logf.c), the highest power first.
#define CK_SOFTPLUS_P0 7.0376836292e-2f
#define CK_SOFTPLUS_P1 -1.1514610310e-1f
#define CK_SOFTPLUS_P2 1.1676998740e-1f
#define CK_SOFTPLUS_P3 -1.2420140846e-1f
#define CK_SOFTPLUS_P4 1.4249322787e-1f
#define CK_SOFTPLUS_P5 -1.6668057665e-1f
#define CK_SOFTPLUS_P6 2.0000714765e-1f
#define CK_SOFTPLUS_P7 -2.4999993993e-1f
#define CK_SOFTPLUS_P8 3.3333331174e-1f

/// ln(1 + e^x) to a few units in the last place; NaN stays.
static inline float ck_softplus(float x) {
  const float t = ck_exp(-fabsf(x));
  const float r = t > CK_SOFTPLUS_SPLIT ? fmaf(t, 0.5f, -0.5f) : t;
  const float square = r * r;
  float p = fmaf(r, CK_SOFTPLUS_P0, CK_SOFTPLUS_P1);
  p = fmaf(p, r, CK_SOFTPLUS_P2);
  p = fmaf(p, r, CK_SOFTPLUS_P3);
  p = fmaf(p, r, CK_SOFTPLUS_P4);
  p = fmaf(p, r, CK_SOFTPLUS_P5);
  p = fmaf(p, r, CK_SOFTPLUS_P6);
  p = fmaf(p, r, CK_SOFTPLUS_P7);
  p = fmaf(p, r, CK_SOFTPLUS_P8);
  const float logarithm = fmaf(square, fmaf(p, r, -0.5f), r);
  const float whole = t > CK_SOFTPLUS_SPLIT ? logarithm + CK_SOFTPLUS_LN2 : logarithm;
  return (x > 0 ? x : 0) + whole;
}

#endif
