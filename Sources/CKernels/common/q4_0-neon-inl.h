// q4_0 weights with NEON: a block is one register of nibbles. dot_16 stands before (dot16-*-inl.h).

#include "block-scales-neon-inl.h"
#include "blocks-inl.h"

typedef ck_block_q4_0 block;
enum { BLOCK = 32, GROUP_BLOCKS = 8, ACCUMULATORS = 4 };

typedef struct activations {
  int8_t a[CK_GROUP];
  int32_t offset[GROUP_BLOCKS][4];  // −8 times the eight activations whose products meet in one sum
  float scale[GROUP_BLOCKS];
} activations;

// 256 weights: codes 0 … 15 as bytes, and the scales.
typedef struct unpacked {
  int8x16_t low[GROUP_BLOCKS];   // columns 0 … 15
  int8x16_t high[GROUP_BLOCKS];  // columns 16 … 31
  float32x4_t d[2];
} unpacked;

#define quantize ck_group_quantize

static void arrange(const ck_activation_group *group, activations *out) {
  memcpy(out->a, group->a, sizeof out->a);
  memcpy(out->scale, group->scale, sizeof out->scale);
  for (int b = 0; b < GROUP_BLOCKS; b++) {
    for (int i = 0; i < 4; i++) {
      const int8_t *a = group->a + BLOCK * b + 4 * i;
      out->offset[b][i] = -8 * (a[0] + a[1] + a[2] + a[3] + a[16] + a[17] + a[18] + a[19]);
    }
  }
}

CK_INLINE void unpack(const block *w, unpacked *u) {
#pragma unroll
  for (int b = 0; b < GROUP_BLOCKS; b++) {
    const uint8x16_t codes = vld1q_u8(w[b].u);
    u->low[b] = vreinterpretq_s8_u8(vandq_u8(codes, vdupq_n_u8(15)));
    u->high[b] = vreinterpretq_s8_u8(vshrq_n_u8(codes, 4));
  }
  u->d[0] = scales_of(w[0].d, w[1].d, w[2].d, w[3].d);
  u->d[1] = scales_of(w[4].d, w[5].d, w[6].d, w[7].d);
}

CK_INLINE void add_group(const unpacked *u, const activations *a, float32x4_t lanes[ACCUMULATORS]) {
  const float32x4_t scales[2] = {vmulq_f32(u->d[0], vld1q_f32(a->scale)), vmulq_f32(u->d[1], vld1q_f32(a->scale + 4))};
#pragma unroll
  for (int b = 0; b < GROUP_BLOCKS; b++) {
    const int32x4_t low = dot_16(vld1q_s32(a->offset[b]), u->low[b], vld1q_s8(a->a + BLOCK * b));
    const int32x4_t sums = dot_16(low, u->high[b], vld1q_s8(a->a + BLOCK * b + 16));
    lanes[b % 4] = vfmaq_f32(lanes[b % 4], vcvtq_f32_s32(sums), scale_at(scales, b));
  }
}

#include "block-neon-inl.h"
