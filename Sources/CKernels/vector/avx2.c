// Vector operations with AVX2 and FMA, the same bytes as vector/portable.c.

#if defined(__x86_64__)

#include "CKernels.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "../common/exp-portable-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma,f16c")

#include "../common/vector-avx2-inl.h"

#include "../common/floats-avx2-inl.h"
#include "../common/scan-inl.h"

#define CK_VECTOR __m256
#define CK_WIDTH 8
#define CK_MM(name) CK_PASTE(_mm256_, name)

#define CK_B float
#define CK_LOAD(b) _mm256_loadu_ps(b)
#define CK_PRODUCTS multiply_add
#include "../common/products-inl.h"

// Four rows times three vectors are twelve sums; with three of b and one factor they fill the 16 registers. A step of k
// loads seven times for twelve sums, where six rows of two vectors load eight times.
enum { CK_TILE_ROWS = 4, CK_TILE_VECTORS = 3, CK_TILE_COLUMNS = CK_TILE_VECTORS * CK_WIDTH };

static void multiply_tile(const float *a, const float *b, size_t k, float *y, size_t y_stride) {
  ck_prefetch_tile(y, y_stride, CK_TILE_ROWS, CK_TILE_COLUMNS);
  multiply_add_micro(a, 1, CK_TILE_ROWS, CK_TILE_ROWS, k, b, CK_TILE_COLUMNS, CK_TILE_VECTORS, y, y_stride);
}

#define CK_B uint16_t
#define CK_LOAD(b) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(b)))
#define CK_PRODUCTS multiply_add_half
#include "../common/products-inl.h"

#define CK_B int8_t
#define CK_LOAD(b) _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(b))))
#define CK_PRODUCTS multiply_add_int8
#include "../common/products-inl.h"

CK_TARGET_END

static const ck_vector_ops avx2 = {
    .isa = "avx2",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA | CK_ISA_F16C,
    .priority = 10,
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
CK_REGISTER_VECTOR_OPS(avx2);

#endif
