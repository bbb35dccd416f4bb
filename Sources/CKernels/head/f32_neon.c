// The dense kernel of single precision weights, with NEON.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>
#include <stdint.h>

#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

typedef float weight;

CK_INLINE float32x4x2_t load8(const weight *w) {
  const float32x4x2_t wide = {{vld1q_f32(w), vld1q_f32(w + 4)}};
  return wide;
}

#include "../common/dense-neon-inl.h"

CK_TARGET_END

static const ck_dense_kernel f32_neon = {
    .format = "f32",
    .isa = "neon",
    .summary = "single precision weights, three streams of rows or three vectors at a time",
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
CK_REGISTER_DENSE_KERNEL(f32_neon);

#endif
