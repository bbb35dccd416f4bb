// The dense kernel of q6_k weights, with AVX2, FMA and F16C. A register holds two sub-blocks of 16, the even one in its
// low half; the scales of the weights and the activations meet as 16-bit numbers, one product for all 16 sub-blocks.

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2,fma,f16c")

#include "../common/block-scales-avx2-inl.h"

typedef ck_block_q6_k block;
enum { BLOCK = 256, GROUP_BLOCKS = 1, ROWS = 8, ACCUMULATORS = 1 };

typedef struct activations {
  int8_t a[CK_GROUP];
  int16_t multiple[16];  // 256·m of the eight blocks of 32, for their even sub-blocks, then for the odd ones
  int16_t offset[16];    // −16·Σa of the eight even sub-blocks, then of the odd ones; −32·Σa might not fit
  float unit;
} activations;

// 256 weights: codes 0 … 63 as bytes, 256·s of the eight even sub-blocks and then of the odd ones, and d.
typedef struct unpacked {
  __m256i codes[ROWS];
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

// The four rows of 32 weights of one half: low four bits from `ql`, high two from `qh`.
CK_INLINE void unpack_half(const uint8_t *ql, const uint8_t *qh, __m256i codes[4]) {
  const __m256i low = _mm256_set1_epi8(15), high = _mm256_set1_epi8(0x30);
  const __m256i first = load32(ql), second = load32(ql + 32), bits = load32(qh);
  codes[0] = _mm256_or_si256(_mm256_and_si256(first, low), _mm256_and_si256(_mm256_slli_epi16(bits, 4), high));
  codes[1] = _mm256_or_si256(_mm256_and_si256(second, low), _mm256_and_si256(_mm256_slli_epi16(bits, 2), high));
  codes[2] = _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi16(first, 4), low), _mm256_and_si256(bits, high));
  codes[3] = _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi16(second, 4), low),
                             _mm256_and_si256(_mm256_srli_epi16(bits, 2), high));
}

CK_INLINE void unpack(const block *w, unpacked *u) {
  unpack_half(w->ql, w->qh, u->codes);
  unpack_half(w->ql + 64, w->qh + 32, u->codes + 4);
  // Each scale becomes the high byte of a 16-bit number, which saves the sign extension.
  const __m256i places = _mm256_setr_epi8(-1, 0, -1, 2, -1, 4, -1, 6, -1, 8, -1, 10, -1, 12, -1, 14,  //
                                          -1, 1, -1, 3, -1, 5, -1, 7, -1, 9, -1, 11, -1, 13, -1, 15);
  u->scales = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)w->s)), places);
  u->d = _mm256_cvtph_ps(_mm_set1_epi16((short)w->d));
}

// Shuffles that copy 16-bit number v of each half of a register to all of that half.
static const uint8_t copies[ROWS][32] __attribute__((aligned(32))) = {
#define TWICE(low) low, low + 1, low, low + 1
#define COPY(low) {TWICE(low), TWICE(low), TWICE(low), TWICE(low), TWICE(low), TWICE(low), TWICE(low), TWICE(low)}
    COPY(0), COPY(2), COPY(4), COPY(6), COPY(8), COPY(10), COPY(12), COPY(14),
};

// A pair of products is at most 2·63·127 < 2¹⁵, and s·m at most 128·32.
CK_INLINE void add_group(const unpacked *u, const activations *a, __m256 lanes[1]) {
  // A compiler that sees the numbers makes two shuffles of each.
  const uint8_t(*shuffles)[32] = copies;
  __asm__("" : "+r"(shuffles));
  const __m256i scales = _mm256_mulhi_epi16(u->scales, load32(a->multiple));
  const __m256i offset = _mm256_madd_epi16(scales, load32(a->offset));
  __m256i sums = _mm256_add_epi32(offset, offset);
#pragma unroll
  for (int v = 0; v < ROWS; v++) {
    const __m256i pairs = _mm256_maddubs_epi16(u->codes[v], load32(a->a + 32 * v));
    const __m256i scale = _mm256_shuffle_epi8(scales, load32(shuffles[v]));
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, scale));
  }
  const __m256 scale = _mm256_mul_ps(u->d, _mm256_broadcast_ss(&a->unit));
  lanes[0] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), scale, lanes[0]);
}

#include "../common/block-avx2-inl.h"

CK_TARGET_END

static const ck_dense_kernel q6_k_avx2 = {
    .format = "q6_k",
    .isa = "avx2",
    .summary = "6-bit weights in blocks of 256, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_AVX2 | CK_ISA_FMA | CK_ISA_F16C,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q6_k,
};
CK_REGISTER_DENSE_KERNEL(q6_k_avx2);

#endif
