// The read ceiling with AVX2: four far-apart streams (15–25 % more than one gives), a cache line of each at a time.
// No software prefetch: it slows a plain sum down.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/read-streams-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2")

static inline __m256i vector_at(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

/// Adds `bytes` bytes to the sums; returns the last few, which make no line.
CK_INLINE uint64_t add_bytes(__m256i sums[STREAMS][2], const uint8_t *buffer, size_t bytes) {
  const size_t stream = stream_bytes(bytes);
  for (size_t i = 0; i < stream; i += LINE) {
#pragma unroll
    for (int s = 0; s < STREAMS; s++) {
      const uint8_t *line = buffer + (size_t)s * stream + i;
      sums[s][0] = _mm256_add_epi64(sums[s][0], vector_at(line));
      sums[s][1] = _mm256_add_epi64(sums[s][1], vector_at(line + LINE / 2));
    }
  }
  size_t rest = STREAMS * stream;
  for (; rest + LINE <= bytes; rest += LINE) {
    sums[0][0] = _mm256_add_epi64(sums[0][0], vector_at(buffer + rest));
    sums[0][1] = _mm256_add_epi64(sums[0][1], vector_at(buffer + rest + LINE / 2));
  }
  return sum_of_bytes(buffer + rest, bytes - rest);
}

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  __m256i sums[STREAMS][2] = {{_mm256_setzero_si256()}};
  uint64_t total = 0;
  for (size_t done = 0; done < work; done += bytes) {
    total += add_bytes(sums, buffer, pass_bytes(bytes, work - done));
    CK_MEMORY_MAY_CHANGE();
  }
  for (int s = 0; s < STREAMS; s++) {
    const __m256i sum = _mm256_add_epi64(sums[s][0], sums[s][1]);
    for (int i = 0; i < 4; i++) total += (uint64_t)sum[i];
  }
  return total;
}

CK_TARGET_END

static const ck_probe read_avx2 = {
    .name = "read",
    .isa = "avx2",
    .summary = "memory read in four far-apart streams of 32-byte loads",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .run = run,
};
CK_REGISTER_PROBE(read_avx2);

#endif
