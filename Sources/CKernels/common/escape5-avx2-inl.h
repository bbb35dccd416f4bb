// `trit5` with AVX2: the fields of a byte as indices of vpshufb, and the way from int16 sums to int32.

#ifndef CK_ESCAPE5_AVX2_INL_H
#define CK_ESCAPE5_AVX2_INL_H

#include <immintrin.h>

#include "escape5-inl.h"
#include "target-inl.h"

/// vpshufb looks at bits 0 … 3 and 7 of an index. A pair's tables have eight entries twice, so bit 3 does not matter.
typedef struct {
  __m256i pair;    // bit 7, which makes zero, is set if the byte is escaped
  __m256i triple;  // m; the sign stays in the byte
} escape5_indices;

CK_INLINE escape5_indices escape5_split(__m256i bytes) {
  const __m256i unsigned_part = _mm256_and_si256(bytes, _mm256_set1_epi8(127));
  const __m256i field = _mm256_and_si256(_mm256_srli_epi16(bytes, 3), _mm256_set1_epi8(15));
  escape5_indices indices;
  indices.pair = _mm256_add_epi8(unsigned_part, _mm256_set1_epi8(16));
  indices.triple = _mm256_blendv_epi8(field, unsigned_part, indices.pair);
  return indices;
}

CK_INLINE void escape5_add_8(__m128i words, int32_t *sums) {
  __m256i *out = (__m256i *)sums;
  _mm256_storeu_si256(out, _mm256_add_epi32(_mm256_loadu_si256(out), _mm256_cvtepi16_epi32(words)));
}

/// Adds the int16 sums of rows 0–7 and 16–23 and of rows 8–15 and 24–31, as unpacking bytes leaves them, to 32 sums.
CK_INLINE void escape5_widen(__m256i first, __m256i second, int32_t *sums) {
  escape5_add_8(_mm256_castsi256_si128(first), sums);
  escape5_add_8(_mm256_castsi256_si128(second), sums + 8);
  escape5_add_8(_mm256_extracti128_si256(first, 1), sums + 16);
  escape5_add_8(_mm256_extracti128_si256(second, 1), sums + 24);
}

#endif
