// The float ceiling in plain C: multiply and add of floats in lanes, whatever the compiler makes of them.

#include "CKernels.h"

#include "../common/fma-steps-inl.h"

enum { LANES = 32 };

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  float ones[LANES];
  for (int lane = 0; lane < LANES; lane++) ones[lane] = 1;
  uint64_t total = 0;
  for (size_t done = 0; done < work;) {
    const size_t steps = next_steps(work - done, LANES);
    float sums[LANES] = {0};
    for (size_t step = 0; step < steps; step++) {
      // The compiler is told that the factors may have changed, or it would multiply once and add that product.
      __asm__ volatile("" : "+m"(ones));
      for (int lane = 0; lane < LANES; lane++) sums[lane] += ones[lane] * ones[lane];
    }
    for (int lane = 0; lane < LANES; lane++) total += (uint64_t)sums[lane];
    done += steps * LANES;
  }
  return total;
}

static const ck_probe fma_portable = {
    .name = "fma",
    .isa = "portable",
    .summary = "multiply and add of floats in plain C",
    .needs = 0,
    .priority = 0,
    .run = run,
};
CK_REGISTER_PROBE(fma_portable);
