// The read ceiling in plain C: four far-apart streams, summed.

#include "CKernels.h"

#include <string.h>

#include "../common/read-streams-inl.h"
#include "../common/target-inl.h"

static inline uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

/// Adds `bytes` bytes to the sums; returns the last few, which make no word.
CK_INLINE uint64_t add_bytes(uint64_t sums[STREAMS], const uint8_t *buffer, size_t bytes) {
  const size_t stream = stream_bytes(bytes);
  for (size_t i = 0; i < stream; i += sizeof(uint64_t)) {
    for (int s = 0; s < STREAMS; s++) sums[s] += word_at(buffer + (size_t)s * stream + i);
  }
  size_t rest = STREAMS * stream;
  for (; rest + sizeof(uint64_t) <= bytes; rest += sizeof(uint64_t)) sums[0] += word_at(buffer + rest);
  return sum_of_bytes(buffer + rest, bytes - rest);
}

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  uint64_t sums[STREAMS] = {0};
  uint64_t total = 0;
  for (size_t done = 0; done < work; done += bytes) {
    total += add_bytes(sums, buffer, pass_bytes(bytes, work - done));
    CK_MEMORY_MAY_CHANGE();
  }
  return total + sums[0] + sums[1] + sums[2] + sums[3];
}

static const ck_probe read_portable = {
    .name = "read",
    .isa = "portable",
    .summary = "memory read in four far-apart streams, plain C",
    .needs = 0,
    .priority = 0,
    .run = run,
};
CK_REGISTER_PROBE(read_portable);
