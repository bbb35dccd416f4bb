// The dense kernel of q8_0 weights, with AVX-512. A register holds two blocks, the even one in its low half: its 16
// sums of four products are the 16 lanes.

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c")

#include "../common/block-scales-avx2-inl.h"

typedef ck_block_q8_0 block;
enum { BLOCK = 32, GROUP_BLOCKS = 8, PAIRS = GROUP_BLOCKS / 2 };

typedef struct activations {
  int8_t a[CK_GROUP];
  float scale[GROUP_BLOCKS];
} activations;

// 256 weights: magnitudes as bytes, a bit for each negative one, and eight scales.
typedef struct unpacked {
  __m512i magnitudes[PAIRS];
  __mmask64 negative[PAIRS];
  __m256 d;
} unpacked;

#define quantize ck_group_quantize

static void arrange(const ck_activation_group *group, activations *out) {
  memcpy(out->a, group->a, sizeof out->a);
  memcpy(out->scale, group->scale, sizeof out->scale);
}

CK_INLINE void unpack(const block *w, unpacked *u) {
#pragma unroll
  for (int p = 0; p < PAIRS; p++) {
    const __m512i even = _mm512_castsi256_si512(load32(w[2 * p].w));
    const __m512i both = _mm512_inserti64x4(even, load32(w[2 * p + 1].w), 1);
    u->magnitudes[p] = _mm512_abs_epi8(both);
    u->negative[p] = _mm512_movepi8_mask(both);
  }
  u->d = scales_of(w[0].d, w[1].d, w[2].d, w[3].d, w[4].d, w[5].d, w[6].d, w[7].d);
}

// The magnitude of −128 is 128 as an unsigned byte, and two products are at most 2·128·127 < 2¹⁵.
CK_INLINE void add_pair(const unpacked *u, const activations *a, int p, __m512 scale, __m512 *lanes) {
  const __m512i values = _mm512_loadu_si512(a->a + 64 * p);
  const __m512i turned = _mm512_mask_sub_epi8(values, u->negative[p], _mm512_setzero_si512(), values);
  const __m512i pairs = _mm512_maddubs_epi16(u->magnitudes[p], turned);
  const __m512 sums = _mm512_cvtepi32_ps(_mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
  *lanes = _mm512_fmadd_ps(sums, scale, *lanes);
}

CK_INLINE void add_group(const unpacked *u, const activations *a, __m512 lanes[1]) {
  const __m512 scales = _mm512_castps256_ps512(_mm256_mul_ps(u->d, _mm256_loadu_ps(a->scale)));
#pragma unroll
  for (int p = 0; p < PAIRS; p++) {
    const __m512i even = _mm512_set1_epi32(2 * p);
    const __m512i places = _mm512_inserti64x4(even, _mm256_set1_epi32(2 * p + 1), 1);
    add_pair(u, a, p, _mm512_permutexvar_ps(places, scales), lanes);
  }
}

#include "../common/block-avx512-inl.h"

CK_TARGET_END

static const ck_dense_kernel q8_0_avx512 = {
    .format = "q8_0",
    .isa = "avx512",
    .summary = "8-bit weights in blocks of 32, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q8_0,
};
CK_REGISTER_DENSE_KERNEL(q8_0_avx512);

#endif
