// The int8 ceiling in plain C: products of bytes summed in int16 lanes, whatever the compiler makes of them.

#include "CKernels.h"

enum { LANES = 64 };

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)buffer;
  (void)bytes;
  int16_t sums[LANES] = {0};
  uint8_t codes[LANES];
  int8_t values[LANES];
  for (int lane = 0; lane < LANES; lane++) {
    codes[lane] = (uint8_t)(lane % 3);
    values[lane] = (int8_t)(lane - LANES / 2);
  }
  for (size_t done = 0; done < work; done += LANES) {
    // The compiler is told that the bytes may have changed, or it would multiply once and add that product.
    __asm__ volatile("" : "+m"(codes), "+m"(values));
    for (int lane = 0; lane < LANES; lane++) sums[lane] = (int16_t)(sums[lane] + codes[lane] * values[lane]);
  }
  uint64_t total = 0;
  for (int lane = 0; lane < LANES; lane++) total += (uint16_t)sums[lane];
  return total;
}

static const ck_probe int8_portable = {
    .name = "int8",
    .isa = "portable",
    .summary = "int8 multiply-accumulate in plain C",
    .needs = 0,
    .priority = 0,
    .run = run,
};
CK_REGISTER_PROBE(int8_portable);
