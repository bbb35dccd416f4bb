// The dense kernel of q4_0 weights, with AVX-512. A register holds the low or the high codes of four blocks, a quarter
// each: its 16 sums are the 16 lanes.

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c")

#include "../common/block-scales-avx2-inl.h"

typedef ck_block_q4_0 block;
enum { BLOCK = 32, GROUP_BLOCKS = 8, QUADS = GROUP_BLOCKS / 4 };

typedef struct activations {
  int8_t low[QUADS][64];      // columns 0 … 15 of four blocks, one after another
  int8_t high[QUADS][64];     // columns 16 … 31 likewise
  int16_t offset[QUADS][32];  // eight times the four activations whose products meet in one 16-bit sum
  float scale[GROUP_BLOCKS];
} activations;

// 256 weights: codes 0 … 15 as bytes, and eight scales.
typedef struct unpacked {
  __m512i low[QUADS];
  __m512i high[QUADS];
  __m256 d;
} unpacked;

#define quantize ck_group_quantize

static void arrange(const ck_activation_group *group, activations *out) {
  for (int b = 0; b < GROUP_BLOCKS; b++) {
    const int8_t *a = group->a + BLOCK * b;
    memcpy(out->low[b / 4] + 16 * (b % 4), a, 16);
    memcpy(out->high[b / 4] + 16 * (b % 4), a + 16, 16);
    for (int i = 0; i < 8; i++) {
      const int sum = a[2 * i] + a[2 * i + 1] + a[16 + 2 * i] + a[17 + 2 * i];
      out->offset[b / 4][8 * (b % 4) + i] = (int16_t)(8 * sum);
    }
    out->scale[b] = group->scale[b];
  }
}

CK_INLINE __m256i two_blocks(const block *w) {
  return _mm256_loadu2_m128i((const __m128i *)w[1].u, (const __m128i *)w[0].u);
}

CK_INLINE void unpack(const block *w, unpacked *u) {
  const __m512i low = _mm512_set1_epi8(15);
#pragma unroll
  for (int q = 0; q < QUADS; q++) {
    const __m512i first = _mm512_castsi256_si512(two_blocks(w + 4 * q));
    const __m512i codes = _mm512_inserti64x4(first, two_blocks(w + 4 * q + 2), 1);
    u->low[q] = _mm512_and_si512(codes, low);
    u->high[q] = _mm512_and_si512(_mm512_srli_epi16(codes, 4), low);
  }
  u->d = scales_of(w[0].d, w[1].d, w[2].d, w[3].d, w[4].d, w[5].d, w[6].d, w[7].d);
}

// Four products are at most 4·15·127 < 2¹⁵.
CK_INLINE void add_quad(const unpacked *u, const activations *a, int q, __m512 scale, __m512 *lanes) {
  const __m512i low = _mm512_maddubs_epi16(u->low[q], _mm512_loadu_si512(a->low[q]));
  const __m512i high = _mm512_maddubs_epi16(u->high[q], _mm512_loadu_si512(a->high[q]));
  const __m512i sums = _mm512_sub_epi16(_mm512_add_epi16(low, high), _mm512_loadu_si512(a->offset[q]));
  const __m512 wide = _mm512_cvtepi32_ps(_mm512_madd_epi16(sums, _mm512_set1_epi16(1)));
  *lanes = _mm512_fmadd_ps(wide, scale, *lanes);
}

CK_INLINE void add_group(const unpacked *u, const activations *a, __m512 lanes[1]) {
  const __m512 scales = _mm512_castps256_ps512(_mm256_mul_ps(u->d, _mm256_loadu_ps(a->scale)));
  const __m512i first = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
  add_quad(u, a, 0, _mm512_permutexvar_ps(first, scales), lanes);
  add_quad(u, a, 1, _mm512_permutexvar_ps(_mm512_add_epi32(first, _mm512_set1_epi32(4)), scales), lanes);
}

#include "../common/block-avx512-inl.h"

CK_TARGET_END

static const ck_dense_kernel q4_0_avx512 = {
    .format = "q4_0",
    .isa = "avx512",
    .summary = "4-bit weights in blocks of 32, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q4_0,
};
CK_REGISTER_DENSE_KERNEL(q4_0_avx512);

#endif
