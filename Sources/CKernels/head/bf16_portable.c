// The dense kernel of bfloat16 weights, in plain C.

#include "CKernels.h"

#include <stdint.h>

#include "../common/half-inl.h"

typedef uint16_t weight;

static inline float float_of(weight w) { return ck_float_of_bfloat(w); }

#include "../common/dense-portable-inl.h"

static const ck_dense_kernel bf16_portable = {
    .format = "bf16",
    .isa = "portable",
    .summary = "bfloat16 weights in plain C, fused multiply-add by the C library",
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
CK_REGISTER_DENSE_KERNEL(bf16_portable);
