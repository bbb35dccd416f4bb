// The scales of eight blocks as floats. Include it inside a region whose functions have the target "avx2,f16c".

#include <immintrin.h>
#include <stdint.h>

#include "target-inl.h"

CK_INLINE __m256i load32(const void *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

// Eight halves become floats; written so that they are collected in general registers, which have time.
CK_INLINE __m256 scales_of(uint16_t d0, uint16_t d1, uint16_t d2, uint16_t d3, uint16_t d4, uint16_t d5, uint16_t d6,
                           uint16_t d7) {
  const uint64_t low = (uint64_t)d0 | (uint64_t)d1 << 16 | (uint64_t)d2 << 32 | (uint64_t)d3 << 48;
  const uint64_t high = (uint64_t)d4 | (uint64_t)d5 << 16 | (uint64_t)d6 << 32 | (uint64_t)d7 << 48;
  return _mm256_cvtph_ps(_mm_set_epi64x((long long)high, (long long)low));
}
