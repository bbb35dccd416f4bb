// `tiled` with AVX2: every product through a tile of codes in the first-level cache (common/tile-inl.h has its size).

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx2" CK_TUNE_X86)

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-avx2-inl.h"
#include "../common/tile-avx2-inl.h"
#include "../common/tile-gemm-inl.h"

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_tiles(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

CK_TARGET_END

static const ck_kernel tiled_avx2 = {
    .name = "tiled",
    .isa = "avx2",
    .packing = "broadcast2",
    .summary = "tiles unpacked into the first-level cache, 6 × 16 sums in registers",
    .needs = CK_ISA_AVX2,
    .priority = 10,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = multiply_tiles,
};
CK_REGISTER_KERNEL(tiled_avx2);

#endif
