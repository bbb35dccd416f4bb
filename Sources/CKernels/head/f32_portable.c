// The dense kernel of single precision weights, in plain C.

#include "CKernels.h"

#include <stdint.h>

typedef float weight;

static inline float float_of(weight w) { return w; }

#include "../common/dense-portable-inl.h"

static const ck_dense_kernel f32_portable = {
    .format = "f32",
    .isa = "portable",
    .summary = "single precision weights in plain C, fused multiply-add by the C library",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .bits_per_weight = 8 * sizeof(weight),
    .column_block = 1,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .multiply = multiply,
    .decode_row = decode_row,
};
CK_REGISTER_DENSE_KERNEL(f32_portable);
