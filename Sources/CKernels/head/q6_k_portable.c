// The dense kernel of q6_k weights, in plain C.

#include "CKernels.h"

#include "../common/block-activations-inl.h"
#include "../common/blocks-inl.h"

typedef ck_block_q6_k block;
enum { BLOCK = 256, LANES = 8 };

#define quantize ck_group_quantize_multiples

static void add_block(float *lanes, const block *w, size_t b, const ck_activation_group *group);

#include "../common/block-portable-inl.h"

static void add_block(float *lanes, const block *w, size_t b, const ck_activation_group *group) {
  (void)b;  // a block has a group of activations to itself
  int8_t numbers[BLOCK];
  int32_t sums[LANES] = {0};
  ck_numbers_q6_k(w, numbers);
  for (int k = 0; k < BLOCK; k++) {
    const int sub = k / 16;
    const int32_t scaled = w->s[sub] * group->multiple[k / 32] * group->a[k];
    // Sub-block 4·q + r: its lane is q, or 4 + q where r is odd.
    sums[k % 32 / 4] += (numbers[k] + 32) * scaled;
    sums[sub % 2 * 4 + sub / 4] -= 32 * scaled;
  }
  const float scale = ck_float_of_half(w->d) * group->unit;
  for (int lane = 0; lane < LANES; lane++) lanes[lane] = fmaf((float)sums[lane], scale, lanes[lane]);
}

static const ck_dense_kernel q6_k_portable = {
    .format = "q6_k",
    .isa = "portable",
    .summary = "6-bit weights in blocks of 256, whole-number products in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q6_k,
};
CK_REGISTER_DENSE_KERNEL(q6_k_portable);
