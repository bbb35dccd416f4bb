// The fields of the packing `escape5` as indices of vpshufb, with AVX2.

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

#endif
