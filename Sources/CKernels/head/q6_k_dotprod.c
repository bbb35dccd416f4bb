// The dense kernel of q6_k weights, with dot products of four bytes.

#if defined(__aarch64__)

#include "CKernels.h"

#include <string.h>

#include "../common/block-activations-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("dotprod,tune=apple-m1")

#include "../common/dot16-dotprod-inl.h"
#include "../common/q6_k-neon-inl.h"

CK_TARGET_END

static const ck_dense_kernel q6_k_dotprod = {
    .format = "q6_k",
    .isa = "dotprod",
    .summary = "6-bit weights in blocks of 256 by sdot, four streams of rows or eight vectors at a time",
    .needs = CK_ISA_NEON | CK_ISA_DOTPROD,
    .priority = 20,
    .verified = CK_VERIFIED_EMULATED,
    .bits_per_weight = 8.0 * sizeof(block) / BLOCK,
    .column_block = BLOCK,
    .row_bytes = row_bytes,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .multiply = multiply,
    .decode_row = ck_decode_row_q6_k,
};
CK_REGISTER_DENSE_KERNEL(q6_k_dotprod);

#endif
