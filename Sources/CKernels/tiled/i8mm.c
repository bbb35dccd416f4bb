// `tiled` with products of small matrices of bytes.

#if defined(__aarch64__)

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler copies accumulators at every product.
CK_TARGET_BEGIN("i8mm,tune=apple-m1")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-i8mm-inl.h"
#include "../common/tile-i8mm-inl.h"
#include "../common/tile-gemm-inl.h"

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_tiles(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

CK_TARGET_END

static const ck_kernel tiled_i8mm = {
    .name = "tiled",
    .isa = "i8mm",
    .packing = "broadcast2",
    .summary = "tiles of row pairs in the first-level cache, 6 × 16 sums in registers by smmla",
    .needs = CK_ISA_NEON | CK_ISA_I8MM,
    .priority = 30,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = multiply_tiles,
};
CK_REGISTER_KERNEL(tiled_i8mm);

#endif
