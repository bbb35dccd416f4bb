// Vector operations with AVX2 and FMA, but for the products of matrices. A formula stands once, as a function of
// vectors: loops feed it eight floats at a time and the last, fewer than eight, through a mask.
// Include it inside a region whose functions have the target "avx2,fma,f16c".

#ifndef CK_VECTOR_AVX2_INL_H
#define CK_VECTOR_AVX2_INL_H

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "exp-portable-inl.h"

#include "exp-avx2-inl.h"
#include "gelu-inl.h"
#include "lanes-avx2-inl.h"

static inline __m256i lanes_below(size_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline void add_products(__m256 lanes[CK_LANE_VECTORS], const float *a, const float *b) {
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part++) {
    lanes[part] = _mm256_fmadd_ps(_mm256_loadu_ps(a + 8 * part), _mm256_loadu_ps(b + 8 * part), lanes[part]);
  }
}

static float dot(const float *a, const float *b, size_t n) {
  const __m256 zero = _mm256_setzero_ps();
  __m256 lanes[CK_LANE_VECTORS] = {zero, zero, zero, zero};
  const size_t rest = n % CK_LANES;
  const size_t whole = n - rest;
  for (size_t i = 0; i < whole; i += CK_LANES) add_products(lanes, a + i, b + i);
  if (rest > 0) {
    float tail_a[CK_LANES] = {0};
    float tail_b[CK_LANES] = {0};
    memcpy(tail_a, a + whole, rest * sizeof(float));
    memcpy(tail_b, b + whole, rest * sizeof(float));
    add_products(lanes, tail_a, tail_b);
  }
  return ck_lanes_fold(lanes);
}

static void axpy(float a, const float *x, float *y, size_t n) {
  const __m256 factor = _mm256_set1_ps(a);
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(y + i, _mm256_fmadd_ps(factor, _mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i)));
  }
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  const __m256 sum = _mm256_fmadd_ps(factor, _mm256_maskload_ps(x + i, rest), _mm256_maskload_ps(y + i, rest));
  _mm256_maskstore_ps(y + i, rest, sum);
}

static void scale(const float *x, float factor, float *out, size_t n) {
  const __m256 factors = _mm256_set1_ps(factor);
  size_t i = 0;
  for (; i + 8 <= n; i += 8) _mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_loadu_ps(x + i), factors));
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  _mm256_maskstore_ps(out + i, rest, _mm256_mul_ps(_mm256_maskload_ps(x + i, rest), factors));
}

static void add(const float *x, float *y, size_t n) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(y + i, _mm256_add_ps(_mm256_loadu_ps(y + i), _mm256_loadu_ps(x + i)));
  }
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  const __m256 sum = _mm256_add_ps(_mm256_maskload_ps(y + i, rest), _mm256_maskload_ps(x + i, rest));
  _mm256_maskstore_ps(y + i, rest, sum);
}

static inline float largest_of_8(__m256 v) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

// vmaxps forgets a NaN, so NaNs are gathered beside the maximum.
static float max_abs(const float *x, size_t n) {
  const __m256 magnitude_bits = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  __m256 max = _mm256_setzero_ps();
  __m256 nan = _mm256_setzero_ps();
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 v = _mm256_loadu_ps(x + i);
    nan = _mm256_or_ps(nan, _mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    max = _mm256_max_ps(max, _mm256_and_ps(v, magnitude_bits));
  }
  if (i < n) {
    const __m256 v = _mm256_maskload_ps(x + i, lanes_below(n - i));
    nan = _mm256_or_ps(nan, _mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    max = _mm256_max_ps(max, _mm256_and_ps(v, magnitude_bits));
  }
  if (_mm256_movemask_ps(nan) != 0) return NAN;
  return largest_of_8(max);
}

static void scale_by_weights(const float *x, float scale, const float *weight, float *out, size_t n) {
  const __m256 factor = _mm256_set1_ps(scale);
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(x + i), factor);
    _mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_loadu_ps(weight + i), scaled));
  }
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  const __m256 scaled = _mm256_mul_ps(_mm256_maskload_ps(x + i, rest), factor);
  _mm256_maskstore_ps(out + i, rest, _mm256_mul_ps(_mm256_maskload_ps(weight + i, rest), scaled));
}

// Eight floats to integers in [−128, 127], ties to even; vmaxps returns its second operand for a NaN: −128.
static inline __m256i quantize_8(const float *x, __m256 scale) {
  const __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(x), scale);
  const __m256 above = _mm256_max_ps(scaled, _mm256_set1_ps(-128));
  return _mm256_cvtps_epi32(_mm256_min_ps(above, _mm256_set1_ps(127)));
}

static inline void quantize_32(const float *x, __m256 scale, int8_t *q) {
  const __m256i low = _mm256_packs_epi32(quantize_8(x, scale), quantize_8(x + 8, scale));
  const __m256i high = _mm256_packs_epi32(quantize_8(x + 16, scale), quantize_8(x + 24, scale));
  // The packs work within 128-bit halves: groups of four come out as 0 2 4 6 | 1 3 5 7.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
  _mm256_storeu_si256((__m256i *)q, bytes);
}

static void quantize(const float *x, float scale, int8_t *q, size_t n) {
  const __m256 factor = _mm256_set1_ps(scale);
  size_t i = 0;
  for (; i + 32 <= n; i += 32) quantize_32(x + i, factor, q + i);
  if (i == n) return;
  float tail[32] = {0};
  int8_t quantized[32];
  memcpy(tail, x + i, (n - i) * sizeof(float));
  quantize_32(tail, factor, quantized);
  memcpy(q + i, quantized, n - i);
}

static void rescale(const int32_t *sums, float scale, float *y, size_t n) {
  const __m256 factor = _mm256_set1_ps(scale);
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 sum = _mm256_cvtepi32_ps(_mm256_loadu_si256((const __m256i *)(sums + i)));
    _mm256_storeu_ps(y + i, _mm256_mul_ps(sum, factor));
  }
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  const __m256 sum = _mm256_cvtepi32_ps(_mm256_maskload_epi32(sums + i, rest));
  _mm256_maskstore_ps(y + i, rest, _mm256_mul_ps(sum, factor));
}

// vmaxps returns its second operand for a NaN, so a NaN gate stays one and the next max_abs finds it.
static inline __m256 relu2(__m256 gate, __m256 up) {
  const __m256 positive = _mm256_max_ps(_mm256_setzero_ps(), gate);
  return _mm256_mul_ps(_mm256_mul_ps(positive, positive), up);
}

static void relu2_multiply(const float *gate, const float *up, float *out, size_t n) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(out + i, relu2(_mm256_loadu_ps(gate + i), _mm256_loadu_ps(up + i)));
  }
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  _mm256_maskstore_ps(out + i, rest, relu2(_mm256_maskload_ps(gate + i, rest), _mm256_maskload_ps(up + i, rest)));
}

static inline __m256 silu(__m256 gate, __m256 up) {
  const __m256 negative = _mm256_xor_ps(gate, _mm256_set1_ps(-0.0f));
  const __m256 divisor = _mm256_add_ps(_mm256_set1_ps(1), ck_exp_8(negative));
  return _mm256_mul_ps(_mm256_div_ps(gate, divisor), up);
}

static void silu_multiply(const float *gate, const float *up, float *out, size_t n) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(out + i, silu(_mm256_loadu_ps(gate + i), _mm256_loadu_ps(up + i)));
  }
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  _mm256_maskstore_ps(out + i, rest, silu(_mm256_maskload_ps(gate + i, rest), _mm256_maskload_ps(up + i, rest)));
}

static inline __m256 gelu(__m256 gate, __m256 up) {
  const __m256 square = _mm256_mul_ps(gate, gate);
  const __m256 factor = _mm256_fmadd_ps(square, _mm256_set1_ps(CK_GELU_C1), _mm256_set1_ps(CK_GELU_C0));
  const __m256 divisor = _mm256_add_ps(_mm256_set1_ps(1), ck_exp_8(_mm256_mul_ps(gate, factor)));
  return _mm256_mul_ps(_mm256_div_ps(gate, divisor), up);
}

static void gelu_multiply(const float *gate, const float *up, float *out, size_t n) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(out + i, gelu(_mm256_loadu_ps(gate + i), _mm256_loadu_ps(up + i)));
  }
  if (i == n) return;
  const __m256i rest = lanes_below(n - i);
  _mm256_maskstore_ps(out + i, rest, gelu(_mm256_maskload_ps(gate + i, rest), _mm256_maskload_ps(up + i, rest)));
}

static inline void add_exponentials(float *x, __m256 largest, __m256 lanes[CK_LANE_VECTORS]) {
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part++) {
    const __m256 value = ck_exp_8(_mm256_sub_ps(_mm256_loadu_ps(x + 8 * part), largest));
    _mm256_storeu_ps(x + 8 * part, value);
    lanes[part] = _mm256_add_ps(lanes[part], value);
  }
}

// vmaxps returns its second operand for a NaN in the first: NaNs are left out. What lies past the end is −∞, whose
// power adds nothing.
static float exponentials(float *x, size_t n, float *largest) {
  const size_t rest = n % CK_LANES;
  const size_t whole = n - rest;
  float tail[CK_LANES];
  for (size_t i = 0; i < CK_LANES; i++) tail[i] = i < rest ? x[whole + i] : -INFINITY;
  __m256 max = _mm256_set1_ps(-INFINITY);
  for (size_t i = 0; i < whole; i += 8) max = _mm256_max_ps(_mm256_loadu_ps(x + i), max);
  for (size_t i = 0; i < CK_LANES; i += 8) max = _mm256_max_ps(_mm256_loadu_ps(tail + i), max);
  const float found = largest_of_8(max) + 0.0f;
  const __m256 subtrahend = _mm256_set1_ps(found);
  const __m256 zero = _mm256_setzero_ps();
  __m256 lanes[CK_LANE_VECTORS] = {zero, zero, zero, zero};
  for (size_t i = 0; i < whole; i += CK_LANES) add_exponentials(x + i, subtrahend, lanes);
  if (rest > 0) {
    add_exponentials(tail, subtrahend, lanes);
    memcpy(x + whole, tail, rest * sizeof(float));
  }
  *largest = found;
  return ck_lanes_fold(lanes);
}

static void halves(const float *x, uint16_t *half, size_t n) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m128i rounded = _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128((__m128i *)(half + i), rounded);
  }
  if (i == n) return;
  uint16_t tail[8];
  const __m256 rest = _mm256_maskload_ps(x + i, lanes_below(n - i));
  _mm_storeu_si128((__m128i *)tail, _mm256_cvtps_ph(rest, _MM_FROUND_TO_NEAREST_INT));
  memcpy(half + i, tail, (n - i) * sizeof(uint16_t));
}

static inline void rotate(__m256 *a, __m256 *b, __m256 cosine, __m256 sine) {
  const __m256 rotated = _mm256_fmsub_ps(*a, cosine, _mm256_mul_ps(*b, sine));
  *b = _mm256_fmadd_ps(*b, cosine, _mm256_mul_ps(*a, sine));
  *a = rotated;
}

static void rope(float *head, const float *cosines, const float *sines, size_t half) {
  size_t i = 0;
  for (; i + 8 <= half; i += 8) {
    __m256 a = _mm256_loadu_ps(head + i);
    __m256 b = _mm256_loadu_ps(head + half + i);
    rotate(&a, &b, _mm256_loadu_ps(cosines + i), _mm256_loadu_ps(sines + i));
    _mm256_storeu_ps(head + i, a);
    _mm256_storeu_ps(head + half + i, b);
  }
  if (i == half) return;
  const __m256i rest = lanes_below(half - i);
  __m256 a = _mm256_maskload_ps(head + i, rest);
  __m256 b = _mm256_maskload_ps(head + half + i, rest);
  rotate(&a, &b, _mm256_maskload_ps(cosines + i, rest), _mm256_maskload_ps(sines + i, rest));
  _mm256_maskstore_ps(head + i, rest, a);
  _mm256_maskstore_ps(head + half + i, rest, b);
}

#endif
