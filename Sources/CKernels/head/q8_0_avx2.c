// The dense kernel of q8_0 weights, with AVX2, FMA and F16C.

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma,f16c" CK_TUNE_X86)

#include "../common/block-scales-avx2-inl.h"

typedef ck_block_q8_0 block;
enum { BLOCK = 32, GROUP_BLOCKS = 8, ACCUMULATORS = 2 };

typedef struct activations {
  int8_t a[CK_GROUP];
  float scale[GROUP_BLOCKS];
} activations;

// 256 weights: bytes, and eight scales.
typedef struct unpacked {
  __m256i w[GROUP_BLOCKS];
  __m256 d;
} unpacked;

#define quantize ck_group_quantize

static void arrange(const ck_activation_group *group, activations *out) {
  memcpy(out->a, group->a, sizeof out->a);
  memcpy(out->scale, group->scale, sizeof out->scale);
}

CK_INLINE void unpack(const block *w, unpacked *u) {
#pragma unroll
  for (int b = 0; b < GROUP_BLOCKS; b++) u->w[b] = load32(w[b].w);
  u->d = scales_of(w[0].d, w[1].d, w[2].d, w[3].d, w[4].d, w[5].d, w[6].d, w[7].d);
}

// |w|·sign(w)·a: the magnitude of −128 is 128 as an unsigned byte, and two products are at most 2·128·127 < 2¹⁵.
CK_INLINE void add_group(const unpacked *u, const activations *a, __m256 lanes[2]) {
  float scales[GROUP_BLOCKS] __attribute__((aligned(32)));
  _mm256_store_ps(scales, _mm256_mul_ps(u->d, _mm256_loadu_ps(a->scale)));
#pragma unroll
  for (int b = 0; b < GROUP_BLOCKS; b++) {
    const __m256i w = u->w[b];
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(load32(a->a + 32 * b), w));
    const __m256 sums = _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    lanes[b % 2] = _mm256_fmadd_ps(sums, _mm256_broadcast_ss(&scales[b]), lanes[b % 2]);
  }
}

#include "../common/block-avx2-inl.h"

CK_TARGET_END

static const ck_dense_kernel q8_0_avx2 = {
    .format = "q8_0",
    .isa = "avx2",
    .summary = "8-bit weights in blocks of 32, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA | CK_ISA_F16C,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q8_0,
};
CK_REGISTER_DENSE_KERNEL(q8_0_avx2);

#endif
