// The dense kernel of q4_0 weights, with dot products of four bytes.

#if defined(__aarch64__)

#include "CKernels.h"

#include <string.h>

#include "../common/block-activations-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("dotprod,tune=apple-m1")

#include "../common/dot16-dotprod-inl.h"
#include "../common/q4_0-neon-inl.h"

CK_TARGET_END

static const ck_dense_kernel q4_0_dotprod = {
    .format = "q4_0",
    .isa = "dotprod",
    .summary = "4-bit weights in blocks of 32 by sdot, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_NEON | CK_ISA_DOTPROD,
    .priority = 20,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q4_0,
};
CK_REGISTER_DENSE_KERNEL(q4_0_dotprod);

#endif
