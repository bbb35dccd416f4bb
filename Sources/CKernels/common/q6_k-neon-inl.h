// q6_k weights with NEON: a register holds a sub-block of 16, whose four sums are multiplied by the sub-block's scale.
// dot_16 stands before (dot16-*-inl.h).

#include "block-scales-neon-inl.h"
#include "blocks-inl.h"

typedef ck_block_q6_k block;
enum { BLOCK = 256, GROUP_BLOCKS = 1, SUB_BLOCKS = 16, ACCUMULATORS = 2 };

// Scales stand in the order of sub-blocks 0 4 8 12, 1 5 9 13, 2 6 10 14, 3 7 11 15: sub-block 4·q + r is number q of
// four in register r, as the offsets' lanes are (CKernels.h).
typedef struct activations {
  int8_t a[CK_GROUP];
  int32_t multiple[4][4];  // m
  int32_t offset[4][4];    // −32·m·Σa
  float unit;
} activations;

// 256 weights: codes 0 … 63 as bytes, the scales s, and d.
typedef struct unpacked {
  int8x16_t codes[SUB_BLOCKS];
  int32x4_t scales[4];
  float32x4_t d;
} unpacked;

#define quantize ck_group_quantize_multiples

static void arrange(const ck_activation_group *group, activations *out) {
  memcpy(out->a, group->a, sizeof out->a);
  for (int sub = 0; sub < SUB_BLOCKS; sub++) {
    int sum = 0;
    for (int i = 0; i < 16; i++) sum += group->a[16 * sub + i];
    const int multiple = group->multiple[sub / 2];
    out->multiple[sub % 4][sub / 4] = multiple;
    out->offset[sub % 4][sub / 4] = -32 * multiple * sum;
  }
  out->unit = group->unit;
}

// Columns i … i + 15 of the four rows of 32 weights of one half: low four bits from `ql`, high two from `qh`.
CK_INLINE void unpack_quarter(const uint8_t *ql, const uint8_t *qh, int8x16_t *codes) {
  const uint8x16_t low = vdupq_n_u8(15), high = vdupq_n_u8(0x30);
  const uint8x16_t first = vld1q_u8(ql), second = vld1q_u8(ql + 32), bits = vld1q_u8(qh);
  codes[0] = vreinterpretq_s8_u8(vorrq_u8(vandq_u8(first, low), vandq_u8(vshlq_n_u8(bits, 4), high)));
  codes[2] = vreinterpretq_s8_u8(vorrq_u8(vandq_u8(second, low), vandq_u8(vshlq_n_u8(bits, 2), high)));
  codes[4] = vreinterpretq_s8_u8(vorrq_u8(vshrq_n_u8(first, 4), vandq_u8(bits, high)));
  codes[6] = vreinterpretq_s8_u8(vorrq_u8(vshrq_n_u8(second, 4), vandq_u8(vshrq_n_u8(bits, 2), high)));
}

CK_INLINE void unpack(const block *w, unpacked *u) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int half = i / 2, column = i % 2 * 16;
    unpack_quarter(w->ql + 64 * half + column, w->qh + 32 * half + column, u->codes + 8 * half + i % 2);
  }
  static const uint8_t order[16] = {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};
  const int8x16_t s = vqtbl1q_s8(vld1q_s8(w->s), vld1q_u8(order));
  const int16x8_t first = vmovl_s8(vget_low_s8(s)), second = vmovl_high_s8(s);
  u->scales[0] = vmovl_s16(vget_low_s16(first));
  u->scales[1] = vmovl_high_s16(first);
  u->scales[2] = vmovl_s16(vget_low_s16(second));
  u->scales[3] = vmovl_high_s16(second);
  u->d = vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(w->d)));
}

// Sub-block 4·q + r: its products go to lanes 0 … 3 or, where r is odd, to lanes 4 … 7; so does its offset, in one
// lane.
CK_INLINE void add_group(const unpacked *u, const activations *a, float32x4_t lanes[ACCUMULATORS]) {
  int32x4_t sums[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};
#pragma unroll
  for (int r = 0; r < 4; r++) {
    const int32x4_t scales = vmulq_s32(u->scales[r], vld1q_s32(a->multiple[r]));
    sums[r % 2] = vmlaq_s32(sums[r % 2], u->scales[r], vld1q_s32(a->offset[r]));
#pragma unroll
    for (int q = 0; q < 4; q++) {
      const int sub = 4 * q + r;
      const int32x4_t four = dot_16(vdupq_n_s32(0), u->codes[sub], vld1q_s8(a->a + 16 * sub));
      sums[r % 2] = vmlaq_n_s32(sums[r % 2], four, scales[q]);
    }
  }
  const float32x4_t scale = vmulq_n_f32(u->d, a->unit);
  lanes[0] = vfmaq_f32(lanes[0], vcvtq_f32_s32(sums[0]), scale);
  lanes[1] = vfmaq_f32(lanes[1], vcvtq_f32_s32(sums[1]), scale);
}

#include "block-neon-inl.h"
