// `simd` without intrinsics: the packing's fields are unpacked into loops of int16 lanes that any compiler vectorises.

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/broadcast2-inl.h"

enum {
  // A lane grows by at most 2·128 for each of the four fields of a block: 31 blocks stay within int16.
  BLOCKS_PER_FLUSH = 31,
  // int16 lanes of the 128-bit registers that every 64-bit CPU has.
  VECTOR = 8,
};

// Adds the products of `blocks` blocks, codes times activations, to the 16 sums.
static void add_blocks(const uint8_t *panel, const int8_t *q, size_t blocks, uint32_t sums[BROADCAST2_ROWS]) {
  int16_t lanes[BROADCAST2_BLOCK_BYTES] = {0};
  for (size_t block = 0; block < blocks; block++) {
    const uint8_t *bytes = panel + block * BROADCAST2_BLOCK_BYTES;
    for (int field = 0; field < 4; field++) {
      int16_t quads[VECTOR];
      const int8_t *quad = q + block * BROADCAST2_COLUMNS + 4 * field;
      for (int i = 0; i < VECTOR; i++) quads[i] = quad[i % 4];
      for (int lane = 0; lane < BROADCAST2_BLOCK_BYTES; lane += VECTOR) {
        for (int i = 0; i < VECTOR; i++) {
          const int16_t code = (int16_t)(bytes[lane + i] >> (2 * field) & 3);
          lanes[lane + i] = (int16_t)(lanes[lane + i] + code * quads[i]);
        }
      }
    }
  }
  for (int row = 0; row < BROADCAST2_ROWS; row++) {
    const int16_t *lane = lanes + 4 * row;
    sums[row] += (uint32_t)(lane[0] + lane[1] + lane[2] + lane[3]);
  }
}

// Sums are unsigned until the last step: codes may pass 2³¹ on the way where the weights' own sum does not.
static void multiply_panel(const uint8_t *panel, size_t blocks, const ck_activations *x, int32_t *out) {
  uint32_t sums[BROADCAST2_ROWS] = {0};
  for (size_t block = 0; block < blocks; block += BLOCKS_PER_FLUSH) {
    const size_t left = blocks - block;
    add_blocks(panel + block * BROADCAST2_BLOCK_BYTES, x->q + block * BROADCAST2_COLUMNS,
               left < BLOCKS_PER_FLUSH ? left : BLOCKS_PER_FLUSH, sums);
  }
  for (int row = 0; row < BROADCAST2_ROWS; row++) out[row] = (int32_t)(sums[row] - (uint32_t)x->sum);
}

// One panel meets every vector while it is in the cache.
static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  const size_t blocks = broadcast2_blocks(k);
  for (size_t row = row_begin; row < row_end; row += BROADCAST2_ROWS) {
    const uint8_t *panel = weights + row / BROADCAST2_ROWS * broadcast2_panel_bytes(k);
    for (size_t j = 0; j < m; j++) {
      multiply_panel(panel, blocks, ck_activations_at(prepared, k, j), sums + j * stride + row);
    }
  }
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  gemm(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

static const ck_kernel simd_portable = {
    .name = "simd",
    .isa = "portable",
    .packing = "broadcast2",
    .summary = "broadcast layout in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_portable);
