// q8_0 weights with NEON: two registers of bytes a block. dot_16 stands before (dot16-*-inl.h).

#include "block-scales-neon-inl.h"
#include "blocks-inl.h"

typedef ck_block_q8_0 block;
enum { BLOCK = 32, GROUP_BLOCKS = 8, ACCUMULATORS = 4 };

typedef struct activations {
  int8_t a[CK_GROUP];
  float scale[GROUP_BLOCKS];
} activations;

// 256 weights: the blocks themselves, and their scales.
typedef struct unpacked {
  const block *blocks;
  float32x4_t d[2];
} unpacked;

#define quantize ck_group_quantize

static void arrange(const ck_activation_group *group, activations *out) {
  memcpy(out->a, group->a, sizeof out->a);
  memcpy(out->scale, group->scale, sizeof out->scale);
}

CK_INLINE void unpack(const block *w, unpacked *u) {
  u->blocks = w;
  u->d[0] = scales_of(w[0].d, w[1].d, w[2].d, w[3].d);
  u->d[1] = scales_of(w[4].d, w[5].d, w[6].d, w[7].d);
}

CK_INLINE void add_group(const unpacked *u, const activations *a, float32x4_t lanes[ACCUMULATORS]) {
  const float32x4_t scales[2] = {vmulq_f32(u->d[0], vld1q_f32(a->scale)), vmulq_f32(u->d[1], vld1q_f32(a->scale + 4))};
#pragma unroll
  for (int b = 0; b < GROUP_BLOCKS; b++) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const int8x16_t w = vld1q_s8(u->blocks[b].w + 16 * half);
      const int32x4_t sums = dot_16(vdupq_n_s32(0), w, vld1q_s8(a->a + BLOCK * b + 16 * half));
      float32x4_t *lane = &lanes[b % 2 * 2 + half];
      *lane = vfmaq_f32(*lane, vcvtq_f32_s32(sums), scale_at(scales, b));
    }
  }
}

#include "block-neon-inl.h"
