// `tiled` without intrinsics.

#include "CKernels.h"

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-portable-inl.h"
#include "../common/tile-portable-inl.h"
#include "../common/tile-gemm-inl.h"

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_tiles(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

static const ck_kernel tiled_portable = {
    .name = "tiled",
    .isa = "portable",
    .packing = "broadcast2",
    .summary = "tiles unpacked into the first-level cache, in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = multiply_tiles,
};
CK_REGISTER_KERNEL(tiled_portable);
