// `tiled` with NEON alone: every AArch64 CPU.

#if defined(__aarch64__)

#include "CKernels.h"

#include "../common/activations-inl.h"

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-neon-inl.h"
#include "../common/tile-neon-inl.h"
#include "../common/tile-gemm-inl.h"

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_tiles(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

static const ck_kernel tiled_neon = {
    .name = "tiled",
    .isa = "neon",
    .packing = "broadcast2",
    .summary = "tiles unpacked into the first-level cache, 3 × 16 sums in registers by smlal",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = multiply_tiles,
};
CK_REGISTER_KERNEL(tiled_neon);

#endif
