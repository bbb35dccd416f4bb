// `trit5` with NEON alone: five weights a byte, looked up a pair and a triple at a time; batches go through tiles.

#if defined(__aarch64__)

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

// Whole stretches of 20 columns, whole blocks of 16.
enum { TILE_COLUMNS = 960 };
#include "../common/tile-inl.h"
#include "../common/escape5-tile-neon-inl.h"
#include "../common/tile-neon-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  STREAMS = 2,
  FEW_VECTORS = 2,  // lookups for one vector cost about what unpacking costs
};

#include "../common/escape5-panels-neon-inl.h"
#include "../common/escape5-lookup-inl.h"

CK_TARGET_END

static const ck_kernel trit5_neon = {
    .name = "trit5",
    .isa = "neon",
    .packing = "escape5",
    .summary = "five weights a byte, looked up as a pair and a triple, two streams of 32 rows; batches through tiles",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(trit5_neon);

#endif
