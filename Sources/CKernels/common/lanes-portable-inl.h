// The reduction order of CK_LANES (CKernels.h) in plain C: what every other instruction set must reproduce to the bit.

#ifndef CK_LANES_PORTABLE_INL_H
#define CK_LANES_PORTABLE_INL_H

#include <math.h>
#include <stddef.h>

#include "CKernels.h"

// A product and a sum meet in one rounding only where fmaf says so.
#pragma STDC FP_CONTRACT OFF

/// One product per lane. Columns past the end are zeros that are multiplied and added like any others.
static inline void ck_lanes_add(float lanes[CK_LANES], const float *a, const float *b) {
  for (int lane = 0; lane < CK_LANES; lane++) lanes[lane] = fmaf(a[lane], b[lane], lanes[lane]);
}

static inline float ck_lanes_fold(float lanes[CK_LANES]) {
  for (int width = CK_LANES / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

#endif
