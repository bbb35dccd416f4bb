// Memory with guards, and numbers.

#include "contract.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64, GUARD_BYTES = 128, FILL = 0x7b, GUARD = 0xa5 };

void *new_memory(size_t bytes) {
  // One byte at least: an address that may not be read.
  void *memory = NULL;
  if (posix_memalign(&memory, LINE, bytes > 0 ? bytes : 1) != 0) {
    fprintf(stderr, "out of memory: %zu bytes\n", bytes);
    exit(2);
  }
  memset(memory, FILL, bytes);
  return memory;
}

void *new_guarded(size_t bytes) {
  uint8_t *memory = new_memory(bytes + GUARD_BYTES);
  memset(memory + bytes, GUARD, GUARD_BYTES);
  return memory;
}

bool is_guard_intact(const void *memory, size_t bytes) {
  const uint8_t *guard = (const uint8_t *)memory + bytes;
  for (int i = 0; i < GUARD_BYTES; i++) {
    if (guard[i] != GUARD) return false;
  }
  return true;
}

bool is_untouched(const void *memory, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (((const uint8_t *)memory)[i] != FILL) return false;
  }
  return true;
}

uint64_t next_random(uint64_t *state) {
  *state += 0x9e3779b97f4a7c15u;
  uint64_t z = *state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

float next_float(uint64_t *state, float range) {
  const float unit = (float)(next_random(state) >> 40) * 0x1p-24f;
  return range * (2 * unit - 1);
}

bool is_same_float(float a, float b) { return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0; }

static const uint32_t special[] = {
    0x3f000000, 0x3fc00000, 0x40200000, 0xbf000000, 0x42fd0000, 0x42ff0000, 0xc2ff0000, 0xc3008000,  // ties to round
    0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x4f32d05e,  // ends
    0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000,                                                  // infinite, NaN
};

float *random_floats(uint64_t *state, size_t n, bool odd) {
  float *out = new_memory(n * sizeof(float));
  for (size_t i = 0; i < n; i++) {
    out[i] = next_float(state, 300);
    const uint64_t choice = next_random(state);
    if (odd && choice % 5 == 0) memcpy(out + i, &special[choice / 5 % (sizeof special / 4)], sizeof(float));
  }
  return out;
}
