// `tiled` with dot products of four bytes.

#if defined(__aarch64__)

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("dotprod")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-neon-inl.h"
#include "../common/tile-dotprod-inl.h"
#include "../common/tile-gemm-inl.h"

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_tiles(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

CK_TARGET_END

static const ck_kernel tiled_dotprod = {
    .name = "tiled",
    .isa = "dotprod",
    .packing = "broadcast2",
    .summary = "tiles unpacked into the first-level cache, 6 × 16 sums in registers by sdot",
    .needs = CK_ISA_NEON | CK_ISA_DOTPROD,
    .priority = 20,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = multiply_tiles,
};
CK_REGISTER_KERNEL(tiled_dotprod);

#endif
