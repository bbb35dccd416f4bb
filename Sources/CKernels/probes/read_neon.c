// The read ceiling with NEON: four far-apart streams, a cache line of each at a time. No software prefetch: it slows a
// plain sum down.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>

#include "../common/read-streams-inl.h"
#include "../common/target-inl.h"

enum { PARTS = LINE / 16 };

CK_INLINE void add_line(uint64x2_t sums[PARTS], const uint8_t *line) {
#pragma unroll
  for (int i = 0; i < PARTS; i++) sums[i] = vaddq_u64(sums[i], vreinterpretq_u64_u8(vld1q_u8(line + 16 * i)));
}

/// Adds `bytes` bytes to the sums; returns the last few, which make no line.
CK_INLINE uint64_t add_bytes(uint64x2_t sums[STREAMS][PARTS], const uint8_t *buffer, size_t bytes) {
  const size_t stream = stream_bytes(bytes);
  for (size_t i = 0; i < stream; i += LINE) {
#pragma unroll
    for (int s = 0; s < STREAMS; s++) add_line(sums[s], buffer + (size_t)s * stream + i);
  }
  size_t rest = STREAMS * stream;
  for (; rest + LINE <= bytes; rest += LINE) add_line(sums[0], buffer + rest);
  return sum_of_bytes(buffer + rest, bytes - rest);
}

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  uint64x2_t sums[STREAMS][PARTS];
#pragma unroll
  for (int i = 0; i < STREAMS * PARTS; i++) sums[i / PARTS][i % PARTS] = vdupq_n_u64(0);
  uint64_t total = 0;
  for (size_t done = 0; done < work; done += bytes) {
    total += add_bytes(sums, buffer, pass_bytes(bytes, work - done));
    CK_MEMORY_MAY_CHANGE();
  }
#pragma unroll
  for (int i = 0; i < STREAMS * PARTS; i++) total += vaddvq_u64(sums[i / PARTS][i % PARTS]);
  return total;
}

static const ck_probe read_neon = {
    .name = "read",
    .isa = "neon",
    .summary = "memory read in four far-apart streams of 16-byte loads",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .run = run,
};
CK_REGISTER_PROBE(read_neon);

#endif
