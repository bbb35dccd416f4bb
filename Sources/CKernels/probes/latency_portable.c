// The latency of a load whose address the load before it gave: a walk over all lines of a buffer in an order that no
// prefetcher can guess. Plain C: no instruction set has a faster load.

#include "CKernels.h"

#include <string.h>

enum { LINE = 64 };

static inline uint64_t offset_at(const uint8_t *buffer, uint64_t offset) {
  uint64_t next;
  memcpy(&next, buffer + offset, sizeof next);
  return next;
}

static inline void set_offset(uint8_t *buffer, uint64_t offset, uint64_t next) {
  memcpy(buffer + offset, &next, sizeof next);
}

// SplitMix64 of a counter (Steele, Lea and Flood, OOPSLA 2014), for one of `count` numbers; the bias of the
// multiplication is below 2⁻³² for every buffer that fits in memory.
static inline uint64_t random_below(uint64_t counter, uint64_t count) {
  uint64_t z = counter * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (uint64_t)(((unsigned __int128)z * count) >> 64);
}

// Sattolo's algorithm (Information Processing Letters 22, 1986): a uniformly random permutation that is one cycle
// through all lines. A shuffle that may have short cycles could walk a few lines for ever, out of L1.
static void prepare(uint8_t *buffer, size_t bytes) {
  const uint64_t lines = bytes / LINE;
  for (uint64_t i = 0; i < lines; i++) set_offset(buffer, i * LINE, i * LINE);
  for (uint64_t i = lines; i-- > 1;) {
    const uint64_t j = random_below(i, i);
    const uint64_t next = offset_at(buffer, i * LINE);
    set_offset(buffer, i * LINE, offset_at(buffer, j * LINE));
    set_offset(buffer, j * LINE, next);
  }
}

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  (void)bytes;
  uint64_t offset = 0;
  uint64_t total = 0;
  for (size_t done = 0; done < work; done++) {
    offset = offset_at(buffer, offset);
    total += offset;  // beside the chain of loads, not in it
  }
  return total;
}

static const ck_probe latency_portable = {
    .name = "latency",
    .isa = "portable",
    .summary = "dependent loads along a random cycle through every cache line",
    .needs = 0,
    .priority = 0,
    .prepare = prepare,
    .run = run,
};
CK_REGISTER_PROBE(latency_portable);
