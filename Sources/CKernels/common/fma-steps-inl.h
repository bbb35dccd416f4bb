// What the FMA probes share. Each lane adds 1·1 once a step, so that the lanes' sum counts the multiply-adds that were
// made; before a float stops counting, at 2²⁴, the lanes are emptied into a whole number.

#ifndef CK_FMA_STEPS_INL_H
#define CK_FMA_STEPS_INL_H

#include <stddef.h>

enum { STEPS_BEFORE_EMPTYING = 1 << 20 };

// Steps of `products` multiply-adds that are left, as many as the lanes hold.
static inline size_t next_steps(size_t left, size_t products) {
  const size_t steps = left / products + (left % products != 0);
  return steps < STEPS_BEFORE_EMPTYING ? steps : STEPS_BEFORE_EMPTYING;
}

#endif
