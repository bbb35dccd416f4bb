// The dense kernel of q8_0 weights, with NEON alone.

#if defined(__aarch64__)

#include "CKernels.h"

#include <string.h>

#include "../common/block-activations-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

#include "../common/dot16-neon-inl.h"
#include "../common/q8_0-neon-inl.h"

CK_TARGET_END

static const ck_dense_kernel q8_0_neon = {
    .format = "q8_0",
    .isa = "neon",
    .summary = "8-bit weights in blocks of 32 by smull, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q8_0,
};
CK_REGISTER_DENSE_KERNEL(q8_0_neon);

#endif
