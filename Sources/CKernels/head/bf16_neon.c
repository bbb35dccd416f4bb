// The dense kernel of bfloat16 weights, with NEON.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>
#include <stdint.h>

#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

typedef uint16_t weight;

CK_INLINE float32x4x2_t load8(const weight *w) {
  const uint16x8_t halves = vld1q_u16(w);
  const float32x4_t low = vreinterpretq_f32_u32(vshll_n_u16(vget_low_u16(halves), 16));
  const float32x4x2_t wide = {{low, vreinterpretq_f32_u32(vshll_high_n_u16(halves, 16))}};
  return wide;
}

#include "../common/dense-neon-inl.h"

CK_TARGET_END

static const ck_dense_kernel bf16_neon = {
    .format = "bf16",
    .isa = "neon",
    .summary = "bfloat16 weights, three streams of rows or three vectors at a time",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8 * sizeof(weight),
    .column_block = 1,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .multiply = multiply,
    .decode_row = decode_row,
};
CK_REGISTER_DENSE_KERNEL(bf16_neon);

#endif
