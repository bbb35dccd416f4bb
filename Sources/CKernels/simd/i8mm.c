// `simd` with products of small matrices of bytes for batches. For one vector they would do half their work on nothing,
// so it goes through dot products.

#if defined(__aarch64__)

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("dotprod,i8mm,tune=apple-m1")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-i8mm-inl.h"
#include "../common/tile-i8mm-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  STREAMS = 2,
  FEW_VECTORS = 1,  // two vectors through tiles take half the products that they take one after the other
};

#include "../common/broadcast2-panels-dotprod-inl.h"
#include "../common/broadcast2-simd-inl.h"

CK_TARGET_END

static const ck_kernel simd_i8mm = {
    .name = "simd",
    .isa = "i8mm",
    .packing = "broadcast2",
    .summary = "broadcast layout with sdot, two streams of 16 rows; batches as in tiled by smmla",
    .needs = CK_ISA_NEON | CK_ISA_DOTPROD | CK_ISA_I8MM,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_i8mm);

#endif
