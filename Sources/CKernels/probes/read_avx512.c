// The read ceiling with AVX-512: four far-apart streams, a cache line of each with one load. No software prefetch, as
// with AVX2.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>

#include "../common/read-streams-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq")

/// Adds `bytes` bytes to the sums; returns the last few, which make no line.
CK_INLINE uint64_t add_bytes(__m512i sums[STREAMS], const uint8_t *buffer, size_t bytes) {
  const size_t stream = stream_bytes(bytes);
  for (size_t i = 0; i < stream; i += LINE) {
#pragma unroll
    for (int s = 0; s < STREAMS; s++) {
      sums[s] = _mm512_add_epi64(sums[s], _mm512_loadu_si512(buffer + (size_t)s * stream + i));
    }
  }
  size_t rest = STREAMS * stream;
  for (; rest + LINE <= bytes; rest += LINE) sums[0] = _mm512_add_epi64(sums[0], _mm512_loadu_si512(buffer + rest));
  return sum_of_bytes(buffer + rest, bytes - rest);
}

static uint64_t run(const uint8_t *buffer, size_t bytes, size_t work) {
  __m512i sums[STREAMS];
#pragma unroll
  for (int s = 0; s < STREAMS; s++) sums[s] = _mm512_setzero_si512();
  uint64_t total = 0;
  for (size_t done = 0; done < work; done += bytes) {
    total += add_bytes(sums, buffer, pass_bytes(bytes, work - done));
    CK_MEMORY_MAY_CHANGE();
  }
  for (int s = 0; s < STREAMS; s++) {
    for (int i = 0; i < 8; i++) total += (uint64_t)sums[s][i];
  }
  return total;
}

CK_TARGET_END

static const ck_probe read_avx512 = {
    .name = "read",
    .isa = "avx512",
    .summary = "memory read in four far-apart streams of 64-byte loads",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .run = run,
};
CK_REGISTER_PROBE(read_avx512);

#endif
