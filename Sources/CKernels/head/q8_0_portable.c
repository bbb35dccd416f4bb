// The dense kernel of q8_0 weights, in plain C.

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"

typedef ck_block_q8_0 block;
enum { BLOCK = 32, LANES = 16 };

#define quantize ck_group_quantize

static void add_block(float *lanes, const block *w, size_t b, const ck_activation_group *group);

#include "../common/block-portable-inl.h"

static void add_block(float *lanes, const block *w, size_t b, const ck_activation_group *group) {
  const int8_t *a = group->a + b % CK_GROUP_BLOCKS * BLOCK;
  const float scale = ck_float_of_half(w->d) * group->scale[b % CK_GROUP_BLOCKS];
  float *first = lanes + b % 2 * 8;
  for (int i = 0; i < 8; i++) {
    int32_t sum = 0;
    for (int c = 4 * i; c < 4 * i + 4; c++) sum += w->w[c] * a[c];
    first[i] = fmaf((float)sum, scale, first[i]);
  }
}

static const ck_dense_kernel q8_0_portable = {
    .format = "q8_0",
    .isa = "portable",
    .summary = "8-bit weights in blocks of 32, whole-number products in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q8_0,
};
CK_REGISTER_DENSE_KERNEL(q8_0_portable);
