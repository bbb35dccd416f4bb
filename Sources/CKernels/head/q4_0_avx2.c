// The dense kernel of q4_0 weights, with AVX2, FMA and F16C. Two blocks share a register, the even one in its low half.

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma,f16c" CK_TUNE_X86)

#include "../common/block-scales-avx2-inl.h"

typedef ck_block_q4_0 block;
enum { BLOCK = 32, GROUP_BLOCKS = 8, PAIRS = GROUP_BLOCKS / 2, ACCUMULATORS = 2 };

typedef struct activations {
  int8_t low[PAIRS][32];     // columns 0 … 15 of the even block, then of the odd one
  int8_t high[PAIRS][32];    // columns 16 … 31 likewise
  int16_t offset[PAIRS][16];  // eight times the four activations whose products meet in one 16-bit sum
  float scale[GROUP_BLOCKS];  // of the even blocks, then of the odd ones
} activations;

// 256 weights: codes 0 … 15 as bytes, and the scales of the even blocks, then of the odd ones.
typedef struct unpacked {
  __m256i low[PAIRS];
  __m256i high[PAIRS];
  __m256 d;
} unpacked;

#define quantize ck_group_quantize

static void arrange(const ck_activation_group *group, activations *out) {
  for (int b = 0; b < GROUP_BLOCKS; b++) {
    const int8_t *a = group->a + BLOCK * b;
    memcpy(out->low[b / 2] + 16 * (b % 2), a, 16);
    memcpy(out->high[b / 2] + 16 * (b % 2), a + 16, 16);
    for (int i = 0; i < 8; i++) {
      const int sum = a[2 * i] + a[2 * i + 1] + a[16 + 2 * i] + a[17 + 2 * i];
      out->offset[b / 2][8 * (b % 2) + i] = (int16_t)(8 * sum);
    }
    out->scale[b % 2 * PAIRS + b / 2] = group->scale[b];
  }
}

CK_INLINE void unpack(const block *w, unpacked *u) {
#pragma unroll
  for (int p = 0; p < PAIRS; p++) {
    const __m256i codes = _mm256_loadu2_m128i((const __m128i *)w[2 * p + 1].u, (const __m128i *)w[2 * p].u);
    u->low[p] = _mm256_and_si256(codes, _mm256_set1_epi8(15));
    u->high[p] = _mm256_and_si256(_mm256_srli_epi16(codes, 4), _mm256_set1_epi8(15));
  }
  u->d = scales_of(w[0].d, w[2].d, w[4].d, w[6].d, w[1].d, w[3].d, w[5].d, w[7].d);
}

// Four products are at most 4·15·127 < 2¹⁵.
CK_INLINE void add_pair(const unpacked *u, const activations *a, int p, __m256 scale, __m256 *lanes) {
  const __m256i low = _mm256_maddubs_epi16(u->low[p], load32(a->low[p]));
  const __m256i high = _mm256_maddubs_epi16(u->high[p], load32(a->high[p]));
  const __m256i sums = _mm256_sub_epi16(_mm256_add_epi16(low, high), load32(a->offset[p]));
  const __m256 wide = _mm256_cvtepi32_ps(_mm256_madd_epi16(sums, _mm256_set1_epi16(1)));
  *lanes = _mm256_fmadd_ps(wide, scale, *lanes);
}

CK_INLINE void add_group(const unpacked *u, const activations *a, __m256 lanes[2]) {
  const __m256 scales = _mm256_mul_ps(u->d, _mm256_loadu_ps(a->scale));
  add_pair(u, a, 0, _mm256_permute_ps(scales, 0x00), &lanes[0]);
  add_pair(u, a, 1, _mm256_permute_ps(scales, 0x55), &lanes[1]);
  add_pair(u, a, 2, _mm256_permute_ps(scales, 0xaa), &lanes[0]);
  add_pair(u, a, 3, _mm256_permute_ps(scales, 0xff), &lanes[1]);
}

#include "../common/block-avx2-inl.h"

CK_TARGET_END

static const ck_dense_kernel q4_0_avx2 = {
    .format = "q4_0",
    .isa = "avx2",
    .summary = "4-bit weights in blocks of 32, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA | CK_ISA_F16C,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q4_0,
};
CK_REGISTER_DENSE_KERNEL(q4_0_avx2);

#endif
