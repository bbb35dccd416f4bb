// Vector operations with AVX-512: the products of matrices, where attention spends its time, and the scan, 16 columns
// or channels at a time; the rest as with AVX2, as it waits for memory.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "../common/exp-portable-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c")

#include "../common/vector-avx2-inl.h"

#include "../common/floats-avx512-inl.h"
#include "../common/scan-inl.h"

#define CK_VECTOR __m256
#define CK_WIDTH 8
#define CK_MM(name) CK_PASTE(_mm256_, name)

#define CK_B float
#define CK_LOAD(b) _mm256_loadu_ps(b)
#define CK_PRODUCTS multiply_add_by_8
#include "../common/products-inl.h"

#define CK_B uint16_t
#define CK_LOAD(b) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(b)))
#define CK_PRODUCTS multiply_add_half_by_8
#include "../common/products-inl.h"

#define CK_B int8_t
#define CK_LOAD(b) _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(b))))
#define CK_PRODUCTS multiply_add_int8_by_8
#include "../common/products-inl.h"

#undef CK_VECTOR
#undef CK_WIDTH
#undef CK_MM
#define CK_VECTOR __m512
#define CK_WIDTH 16
#define CK_MM(name) CK_PASTE(_mm512_, name)

#define CK_B float
#define CK_LOAD(b) _mm512_loadu_ps(b)
#define CK_PRODUCTS multiply_add_by_16
#include "../common/products-inl.h"

// Twelve rows times two vectors are 24 sums; with two of b and one factor they leave five of 32 registers.
enum { CK_TILE_ROWS = 12, CK_TILE_VECTORS = 2, CK_TILE_COLUMNS = CK_TILE_VECTORS * CK_WIDTH };

static void multiply_tile(const float *a, const float *b, size_t k, float *y, size_t y_stride) {
  ck_prefetch_tile(y, y_stride, CK_TILE_ROWS, CK_TILE_COLUMNS);
  multiply_add_by_16_micro(a, 1, CK_TILE_ROWS, CK_TILE_ROWS, k, b, CK_TILE_COLUMNS, CK_TILE_VECTORS, y, y_stride);
}

#define CK_B uint16_t
#define CK_LOAD(b) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(b)))
#define CK_PRODUCTS multiply_add_half_by_16
#include "../common/products-inl.h"

#define CK_B int8_t
#define CK_LOAD(b) _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(b))))
#define CK_PRODUCTS multiply_add_int8_by_16
#include "../common/products-inl.h"

// n is a multiple of 8: what 16 leave over is one AVX2 register.

static void multiply_add(const float *a, size_t a_stride, size_t rows, size_t k, const float *b, size_t b_stride,
                         size_t n, float *y, size_t y_stride) {
  const size_t wide = n / 16 * 16;
  multiply_add_by_16(a, a_stride, rows, k, b, b_stride, wide, y, y_stride);
  if (wide < n) multiply_add_by_8(a, a_stride, rows, k, b + wide, b_stride, n - wide, y + wide, y_stride);
}

static void multiply_add_half(const float *a, size_t a_stride, size_t rows, size_t k, const uint16_t *b,
                              size_t b_stride, size_t n, float *y, size_t y_stride) {
  const size_t wide = n / 16 * 16;
  multiply_add_half_by_16(a, a_stride, rows, k, b, b_stride, wide, y, y_stride);
  if (wide < n) multiply_add_half_by_8(a, a_stride, rows, k, b + wide, b_stride, n - wide, y + wide, y_stride);
}

static void multiply_add_int8(const float *a, size_t a_stride, size_t rows, size_t k, const int8_t *b, size_t b_stride,
                              size_t n, float *y, size_t y_stride) {
  const size_t wide = n / 16 * 16;
  multiply_add_int8_by_16(a, a_stride, rows, k, b, b_stride, wide, y, y_stride);
  if (wide < n) multiply_add_int8_by_8(a, a_stride, rows, k, b + wide, b_stride, n - wide, y + wide, y_stride);
}

CK_TARGET_END

static const ck_vector_ops avx512 = {
    .isa = "avx512",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .dot = dot,
    .axpy = axpy,
    .scale = scale,
    .add = add,
    .max_abs = max_abs,
    .scale_by_weights = scale_by_weights,
    .quantize = quantize,
    .rescale = rescale,
    .relu2_multiply = relu2_multiply,
    .silu_multiply = silu_multiply,
    .gelu_multiply = gelu_multiply,
    .exponentials = exponentials,
    .multiply_add = multiply_add,
    .multiply_add_half = multiply_add_half,
    .multiply_add_int8 = multiply_add_int8,
    .tile_rows = CK_TILE_ROWS,
    .tile_columns = CK_TILE_COLUMNS,
    .multiply_tile = multiply_tile,
    .halves = halves,
    .rope = rope,
    .selective_scan = selective_scan,
};
CK_REGISTER_VECTOR_OPS(avx512);

#endif
