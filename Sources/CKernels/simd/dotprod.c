// `simd` with dot products of four bytes, on the broadcast layout straight from memory; batches go through tiles.

#if defined(__aarch64__)

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("dotprod,tune=apple-m1")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-neon-inl.h"
#include "../common/tile-dotprod-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  STREAMS = 2,
  FEW_VECTORS = 2,  // taking fields apart costs as much as multiplying them: twice is what unpacking costs once
};

#include "../common/broadcast2-panels-dotprod-inl.h"
#include "../common/broadcast2-simd-inl.h"

CK_TARGET_END

static const ck_kernel simd_dotprod = {
    .name = "simd",
    .isa = "dotprod",
    .packing = "broadcast2",
    .summary = "broadcast layout with sdot, two streams of 16 rows; batches as in tiled",
    .needs = CK_ISA_NEON | CK_ISA_DOTPROD,
    .priority = 20,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_dotprod);

#endif
