// The dense kernel of q6_k weights, with AVX-512. A register holds two rows of 32 weights, four sub-blocks of 16; the
// scales of the weights and the activations meet as 16-bit numbers, one product for all 16 sub-blocks.

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c")

#include "../common/block-scales-avx2-inl.h"

typedef ck_block_q6_k block;
enum { BLOCK = 256, GROUP_BLOCKS = 1, ROW_PAIRS = 4, ACCUMULATORS = 1 };

typedef struct activations {
  int8_t a[CK_GROUP];
  int16_t multiple[16];  // 256·m of the eight blocks of 32, for their even sub-blocks, then for the odd ones
  int16_t offset[16];    // −16·Σa of the eight even sub-blocks, then of the odd ones; −32·Σa might not fit
  float unit;
} activations;

// 256 weights: codes 0 … 63 as bytes, 256·s of the eight even sub-blocks and then of the odd ones, and d.
typedef struct unpacked {
  __m512i codes[ROW_PAIRS];
  __m256i scales;
  __m256 d;
} unpacked;

#define quantize ck_group_quantize_multiples

static void arrange(const ck_activation_group *group, activations *out) {
  memcpy(out->a, group->a, sizeof out->a);
  for (int sub = 0; sub < 16; sub++) {
    int sum = 0;
    for (int i = 0; i < 16; i++) sum += group->a[16 * sub + i];
    out->offset[sub % 2 * 8 + sub / 2] = (int16_t)(-16 * sum);
    out->multiple[sub % 2 * 8 + sub / 2] = (int16_t)(256 * group->multiple[sub / 2]);
  }
  out->unit = group->unit;
}

CK_INLINE __m512i halves_of(__m256i low, __m256i high) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// The four rows of 32 weights of one half: low four bits from `ql`, high two from `qh`.
CK_INLINE void unpack_half(const uint8_t *ql, const uint8_t *qh, __m512i codes[2]) {
  const __m512i low = _mm512_set1_epi8(15), high = _mm512_set1_epi8(0x30);
  const __m512i nibbles = _mm512_loadu_si512(ql), bits = halves_of(load32(qh), load32(qh));
  // Bits 0 and 1 belong to the first row, 2 and 3 to the second; then 4 and 5, 6 and 7.
  const __m512i left = _mm512_sllv_epi16(bits, halves_of(_mm256_set1_epi16(4), _mm256_set1_epi16(2)));
  const __m512i right = _mm512_srlv_epi16(bits, halves_of(_mm256_setzero_si256(), _mm256_set1_epi16(2)));
  codes[0] = _mm512_or_si512(_mm512_and_si512(nibbles, low), _mm512_and_si512(left, high));
  codes[1] = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16(nibbles, 4), low), _mm512_and_si512(right, high));
}

CK_INLINE void unpack(const block *w, unpacked *u) {
  unpack_half(w->ql, w->qh, u->codes);
  unpack_half(w->ql + 64, w->qh + 32, u->codes + 2);
  // Each scale becomes the high byte of a 16-bit number, which saves the sign extension.
  const __m256i places = _mm256_setr_epi8(-1, 0, -1, 2, -1, 4, -1, 6, -1, 8, -1, 10, -1, 12, -1, 14,  //
                                          -1, 1, -1, 3, -1, 5, -1, 7, -1, 9, -1, 11, -1, 13, -1, 15);
  u->scales = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)w->s)), places);
  u->d = _mm256_cvtph_ps(_mm_set1_epi16((short)w->d));
}

// The scales of row pair p, in all 16-bit numbers that they belong to: rows 2p and 2p + 1 are sub-blocks 4p … 4p + 3,
// whose scales are numbers 2p, 8 + 2p, 2p + 1 and 9 + 2p.
CK_INLINE __m512i spread(__m256i scales, int p) {
  const __m256i first = _mm256_set1_epi16((short)(2 * p));
  const __m512i rows = halves_of(first, _mm256_add_epi16(first, _mm256_set1_epi16(1)));
  const __m512i odd = _mm512_set_epi64(0x0008000800080008, 0x0008000800080008, 0, 0,  //
                                       0x0008000800080008, 0x0008000800080008, 0, 0);
  return _mm512_permutexvar_epi16(_mm512_add_epi16(rows, odd), _mm512_castsi256_si512(scales));
}

// A pair of products is at most 2·63·127 < 2¹⁵, and s·m at most 128·32.
CK_INLINE void add_group(const unpacked *u, const activations *a, __m256 lanes[1]) {
  const __m256i scales = _mm256_mulhi_epi16(u->scales, load32(a->multiple));
  const __m256i offset = _mm256_madd_epi16(scales, load32(a->offset));
  __m512i products = _mm512_setzero_si512();
#pragma unroll
  for (int p = 0; p < ROW_PAIRS; p++) {
    const __m512i pairs = _mm512_maddubs_epi16(u->codes[p], _mm512_loadu_si512(a->a + 64 * p));
    products = _mm512_add_epi32(products, _mm512_madd_epi16(pairs, spread(scales, p)));
  }
  const __m256i rows = _mm256_add_epi32(_mm512_castsi512_si256(products), _mm512_extracti64x4_epi64(products, 1));
  const __m256i sums = _mm256_add_epi32(rows, _mm256_add_epi32(offset, offset));
  const __m256 scale = _mm256_mul_ps(u->d, _mm256_broadcast_ss(&a->unit));
  lanes[0] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), scale, lanes[0]);
}

#include "../common/block-avx2-inl.h"

CK_TARGET_END

static const ck_dense_kernel q6_k_avx512 = {
    .format = "q6_k",
    .isa = "avx512",
    .summary = "6-bit weights in blocks of 256, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_AVX512BW,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q6_k,
};
CK_REGISTER_DENSE_KERNEL(q6_k_avx512);

#endif
